package dev.foretoken.scheduler.host;

import dev.foretoken.contract.runtime.LoadProgress;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The variants that a host knows, by name: puts them into memory and takes them out again, with their gauges. Any thread. */
final class ModelShelf {

    private final HostEnvironment environment;
    private final MemoryBudget budget;
    private final ModelOpener opener;
    private final Map<String, ServedModel> models = new ConcurrentHashMap<>();

    ModelShelf(HostEnvironment environment, MemoryBudget budget, ModelOpener opener) {
        this.environment = environment;
        this.budget = budget;
        this.opener = opener;
    }

    @Nullable
    ServedModel find(String name) {
        return models.get(name);
    }

    Collection<ServedModel> all() {
        return models.values();
    }

    /** Returns whether the name was free. */
    boolean add(ServedModel model) {
        return models.putIfAbsent(model.name(), model) == null;
    }

    void remove(ServedModel model) {
        models.remove(model.name(), model);
    }

    MemoryBudget budget() {
        return budget;
    }

    ModelOpener opener() {
        return opener;
    }

    /** Blocks while it is read. */
    void open(ServedModel model, LoadProgress progress) {
        model.check();
        OpenedModel opened = opener.open(model.source(), model.options(), progress);
        model.opened(opened);
        opened.memory().recount();
        new LoadGauges(environment.telemetry(), model).show();
    }

    /** Takes out a variant whose loop has ended; once. */
    void free(ServedModel model) {
        OpenedModel opened = model.opened();
        synchronized (this) {
            if (opened == null || model.opened() != opened) {
                return;
            }
            new LoadGauges(environment.telemetry(), model).hide();
            model.opened(null);
        }
        recountShared();
        opened.memory().end();
        budget.giveBack(opened.adapterBytes());
    }

    /** What a closed variant shared with others is theirs now. They pay before it is paid back: nobody else may take it meanwhile. */
    private void recountShared() {
        for (ServedModel model : models.values()) {
            OpenedModel left = model.opened();
            if (left != null) {
                left.memory().recount();
            }
        }
    }
}

package dev.foretoken.scheduler.host;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.AdapterInfo;
import dev.foretoken.contract.engine.Engine;
import dev.foretoken.contract.engine.EngineControl;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.LoadReport;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.loop.AdapterLease;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The engine of this process: every loaded variant, each with its own loop, under one memory budget. */
public final class SchedulerHost implements Engine, EngineControl {

    private static final Logger LOG = System.getLogger(SchedulerHost.class.getName());

    private final HostConfig config;
    private final HostEnvironment environment;
    private final MemoryBudget budget;
    private final ModelOpener opener;
    private final Map<String, ServedModel> models = new ConcurrentHashMap<>();
    private final Object loading = new Object();
    private volatile boolean draining;

    public SchedulerHost(HostConfig config, SchedulerConfig scheduling, HostEnvironment environment) {
        this.config = config;
        this.environment = environment;
        long bytes = config.memoryBudgetBytes() > 0
                ? config.memoryBudgetBytes()
                : environment.physicalMemory().getAsLong() / 100 * config.memoryPercent();
        this.budget = new MemoryBudget(bytes);
        this.opener = new ModelOpener(config, scheduling, environment, budget);
    }

    @Override
    public Generation submit(GenerationRequest request) {
        if (draining) {
            throw new ForetokenException(ErrorCode.DRAINING, "this server is stopping; try another replica");
        }
        ServedModel model = require(request.model());
        return model.loop().submit(request, lease(model, request));
    }

    private static AdapterLease lease(ServedModel model, GenerationRequest request) {
        return request.options()
                .adapter()
                .map(adapter -> model.adapters().enter(adapter))
                .orElse(AdapterLease.NONE);
    }

    private static ForetokenException notFound(String name) {
        return new ForetokenException(ErrorCode.MODEL_NOT_FOUND, "model '" + name + "' is not served here")
                .withParam("model");
    }

    @Override
    public List<ModelInfo> models() {
        return models.values().stream().map(ServedModel::info).toList();
    }

    @Override
    public LoadReport report() {
        return new LoadReport(
                models.values().stream().map(ServedModel::load).toList(), budget.total(), budget.used(), draining);
    }

    @Override
    public ModelInfo load(ModelSource source, RuntimeOptions options, LoadProgress progress) {
        ServedModel model =
                new ServedModel(source.name(), environment.instants().instant());
        if (models.putIfAbsent(source.name(), model) != null) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "model '" + source.name() + "' is served already; unload it first");
        }
        try {
            synchronized (loading) {
                OpenedModel opened = opener.open(source, options, progress);
                model.opened(opened);
                opened.memory().recount();
            }
        } catch (RuntimeException | Error e) {
            models.remove(source.name());
            throw e;
        }
        new LoadGauges(environment.telemetry(), model).show();
        return model.info();
    }

    @Override
    public void unload(String name, Duration grace) {
        end(List.of(require(name)), grace);
    }

    @Override
    public AdapterInfo loadAdapter(String model, String adapter, Path folder) {
        return require(model).adapters().load(adapter, folder);
    }

    @Override
    public void unloadAdapter(String model, String adapter, Duration grace) {
        require(model).adapters().unload(adapter, grace);
    }

    private ServedModel require(String name) {
        ServedModel model = models.get(name);
        if (model == null) {
            throw notFound(name);
        }
        return model;
    }

    @Override
    public void drain(Duration grace) {
        draining = true;
        end(models.values(), grace);
    }

    /** Drains all, then stops what is left, then frees the memory. */
    private void end(Collection<ServedModel> ending, Duration grace) {
        List<ServedModel> loaded =
                ending.stream().filter(m -> m.opened() != null).toList();
        loaded.forEach(m -> m.loop().drain());
        long deadline = System.nanoTime() + grace.toNanos();
        for (ServedModel model : loaded) {
            awaitEnd(model, Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
        }
        loaded.forEach(m -> m.loop().stop());
        loaded.forEach(this::free);
    }

    private void free(ServedModel model) {
        OpenedModel opened = model.opened();
        if (!awaitEnd(model, config.stopTimeout())) {
            LOG.log(Logger.Level.ERROR, "Model {0} did not stop in time; its memory stays taken", model.name());
        } else if (opened != null && models.remove(model.name(), model)) {
            new LoadGauges(environment.telemetry(), model).hide();
            recountShared();
            opened.memory().end();
            budget.giveBack(opened.adapters().bytes());
        }
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

    private static boolean awaitEnd(ServedModel model, Duration patience) {
        try {
            return model.loop().awaitEnd(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        drain(Duration.ZERO);
    }
}

package dev.foretoken.gateway.batch;

import dev.foretoken.batch.Room;
import dev.foretoken.contract.engine.Engine;
import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.model.ServedModel;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/** What the engines behind a catalog report in sum: that of this process, or the pods that are known. Any thread. */
final class EngineRoom {

    /** Pods report a few times a second. */
    private static final long FRESH_NANOS = Duration.ofMillis(20).toNanos();

    private final ModelCatalog catalog;
    private final LongSupplier nanoClock;
    private volatile Seen seen;

    private record Seen(Room room, long at) {}

    EngineRoom(ModelCatalog catalog, LongSupplier nanoClock) {
        this.catalog = catalog;
        this.nanoClock = nanoClock;
        this.seen = new Seen(Room.UNKNOWN, nanoClock.getAsLong() - FRESH_NANOS);
    }

    /** That of a moment ago at most: it is asked for with every request. */
    Room now() {
        Seen last = seen;
        long now = nanoClock.getAsLong();
        if (now - last.at() < FRESH_NANOS) {
            return last.room();
        }
        Room room = sum(loads());
        seen = new Seen(room, now);
        return room;
    }

    /** Each engine once, however many names lead to it. */
    private List<ModelLoad> loads() {
        Set<Engine> engines = Collections.newSetFromMap(new IdentityHashMap<>());
        for (ServedModel model : catalog.all()) {
            model.endpoints().stream().map(EngineEndpoint::engine).forEach(engines::add);
        }
        return engines.stream()
                .flatMap(engine -> engine.report().models().stream())
                .toList();
    }

    private static Room sum(List<ModelLoad> loads) {
        int running = 0;
        int waiting = 0;
        long used = 0;
        long total = 0;
        for (ModelLoad load : loads) {
            running += load.running();
            waiting += load.waiting();
            used += load.usedBlocks();
            total += load.totalBlocks();
        }
        double free = total == 0 ? 1 : (double) (total - used) / total;
        return new Room(running, waiting, Math.clamp(free, 0, 1));
    }
}

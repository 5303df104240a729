package dev.foretoken.nativeruntime.cache;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.nativeruntime.kernels.Kernels;
import java.util.List;

/** The caches of one network, and what commands do to them. */
public final class PartCaches implements AutoCloseable {

    private final CacheLayout layout;
    private final KvCaches kv;
    private final StateCaches states;

    private PartCaches(CacheLayout layout, KvCaches kv, StateCaches states) {
        this.layout = layout;
        this.kv = kv;
        this.states = states;
    }

    /**
     * Allocates from the kernels that will read it.
     *
     * @param units of each kind
     * @throws ForetokenException INSUFFICIENT_MEMORY
     */
    public static PartCaches allocate(CacheLayout layout, List<Integer> units, int checkpoints, Kernels kernels) {
        KvCaches kv = KvCaches.allocate(layout.kv(), units, kernels);
        try {
            int slots = layout.states().isEmpty() ? 0 : units.get(layout.stateKind());
            int copies = layout.states().isEmpty() ? 0 : checkpoints;
            return new PartCaches(layout, kv, StateCaches.allocate(layout.states(), slots, copies, kernels));
        } catch (RuntimeException | Error e) {
            kv.close();
            throw e;
        }
    }

    public KvCaches kv() {
        return kv;
    }

    public StateCaches states() {
        return states;
    }

    public void copy(CacheCommand.CopyBlock command) {
        kv.copy(command);
    }

    public void export(CacheCommand.ExportBlocks command) {
        if (isState(command.kind())) {
            states.export(command.blocks(), command.target());
        } else {
            kv.export(command);
        }
    }

    public void load(CacheCommand.ImportBlocks command) {
        if (isState(command.kind())) {
            states.load(command.blocks(), command.source());
        } else {
            kv.load(command);
        }
    }

    public void reset(CacheCommand.ResetSlot command) {
        states(command.kind()).reset(command.slot());
    }

    public void save(CacheCommand.SaveState command) {
        states(command.kind()).save(command.slot(), command.checkpoint());
    }

    public void restore(CacheCommand.RestoreState command) {
        states(command.kind()).restore(command.checkpoint(), command.slot());
    }

    public void drop(CacheCommand.DropState command) {
        states(command.kind()).drop(command.checkpoint());
    }

    private boolean isState(int kind) {
        return !layout.states().isEmpty() && kind == layout.stateKind();
    }

    private StateCaches states(int kind) {
        if (!isState(kind)) {
            throw new ForetokenException(
                    ErrorCode.RUNTIME_FAILED, "a state of cache kind %d was named, which holds none".formatted(kind));
        }
        return states;
    }

    @Override
    public void close() {
        kv.close();
        states.close();
    }
}

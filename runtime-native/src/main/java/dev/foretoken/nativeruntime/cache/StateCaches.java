package dev.foretoken.nativeruntime.cache;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.StateLayer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * The slots of every recurrent state, and copies kept of them. Slots and copies are allocated together: a copy costs what a slot costs, and
 * keeping one allocates nothing.
 */
public final class StateCaches implements AutoCloseable {

    private final Arena arena = Arena.ofShared();
    private final int slots;
    private final int checkpoints;
    /** Slots, then copies: {@code layers.get(mixer).get(state)}. */
    private final List<List<StateLayer>> layers = new ArrayList<>();

    private final List<StateLayer> all = new ArrayList<>();
    private final long slotBytes;
    private final BitSet kept = new BitSet();

    private StateCaches(StateLayout layout, int slots, int checkpoints) {
        this.slots = slots;
        this.checkpoints = checkpoints;
        this.slotBytes = layout.slotBytes();
    }

    /**
     * Allocates from the kernels that will read it; every slot reads as that of a sequence without tokens.
     *
     * @throws ForetokenException INSUFFICIENT_MEMORY
     */
    public static StateCaches allocate(StateLayout layout, int slots, int checkpoints, Kernels kernels) {
        StateCaches caches = new StateCaches(layout, slots, checkpoints);
        try {
            layout.floats().forEach(states -> caches.add(states, kernels));
            return caches;
        } catch (OutOfMemoryError e) {
            caches.close();
            throw new ForetokenException(
                    ErrorCode.INSUFFICIENT_MEMORY, "The machine has no room for the states that were reserved", e);
        }
    }

    private void add(List<Integer> states, Kernels kernels) {
        List<StateLayer> added = new ArrayList<>();
        int count = Math.max(1, slots + checkpoints);
        for (int floats : states) {
            long bytes = (long) count * floats * Float.BYTES;
            added.add(new StateLayer(kernels.allocate(bytes, arena), count, floats));
        }
        layers.add(added);
        all.addAll(added);
    }

    /** One state of a recurrent mixer of the plan. */
    public StateLayer layer(int mixer, int state) {
        return layers.get(mixer).get(state);
    }

    /** Makes a slot read as that of a sequence without tokens. */
    public void reset(int slot) {
        requireSlot(slot);
        all.forEach(layer -> layer.slot(slot).fill((byte) 0));
    }

    /** Keeps a copy of a slot under a number that names none. */
    public void save(int slot, int checkpoint) {
        requireSlot(slot);
        if (checkpoint < 0 || checkpoint >= checkpoints) {
            throw failed("checkpoint %d was to be kept, but %d were reserved".formatted(checkpoint, checkpoints));
        }
        if (kept.get(checkpoint)) {
            throw failed("checkpoint %d is kept already; drop it first".formatted(checkpoint));
        }
        copy(slot, slots + checkpoint);
        kept.set(checkpoint);
    }

    public void restore(int checkpoint, int slot) {
        requireSlot(slot);
        if (checkpoint < 0 || !kept.get(checkpoint)) {
            throw failed("checkpoint %d was to be restored, but none is kept under that number".formatted(checkpoint));
        }
        copy(slots + checkpoint, slot);
    }

    /** Leaves a number alone that names nothing. */
    public void drop(int checkpoint) {
        if (checkpoint >= 0) {
            kept.clear(checkpoint);
        }
    }

    private void copy(int from, int to) {
        all.forEach(layer -> layer.slot(to).copyFrom(layer.slot(from)));
    }

    /** Layout of a unit: for each mixer in order its states, as in memory. */
    public void export(List<Integer> wanted, MemorySegment target) {
        requireRoom(wanted, target);
        long at = 0;
        for (int slot : wanted) {
            for (StateLayer layer : all) {
                target.asSlice(at, layer.bytes()).copyFrom(layer.slot(slot));
                at += layer.bytes();
            }
        }
    }

    /** The inverse of {@link #export}. */
    public void load(List<Integer> wanted, MemorySegment source) {
        requireRoom(wanted, source);
        long at = 0;
        for (int slot : wanted) {
            for (StateLayer layer : all) {
                layer.slot(slot).copyFrom(source.asSlice(at, layer.bytes()));
                at += layer.bytes();
            }
        }
    }

    private void requireRoom(List<Integer> wanted, MemorySegment memory) {
        wanted.forEach(this::requireSlot);
        long bytes = wanted.size() * slotBytes;
        if (memory.byteSize() < bytes) {
            throw failed("%d slots take %d bytes, the memory given has %d"
                    .formatted(wanted.size(), bytes, memory.byteSize()));
        }
    }

    private void requireSlot(int slot) {
        if (slot < 0 || slot >= slots) {
            throw failed("state slot %d was named, but there are %d".formatted(slot, slots));
        }
    }

    private static ForetokenException failed(String message) {
        return new ForetokenException(ErrorCode.RUNTIME_FAILED, message);
    }

    @Override
    public void close() {
        arena.close();
    }
}

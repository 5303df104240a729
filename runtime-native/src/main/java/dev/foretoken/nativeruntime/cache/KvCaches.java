package dev.foretoken.nativeruntime.cache;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.KvLayer;
import dev.foretoken.nativeruntime.plan.KvSource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The blocks of every attention that stores K or V. */
public final class KvCaches implements AutoCloseable {

    private final KvLayout layout;
    private final Kernels kernels;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment[] keys;
    private final MemorySegment[] values;
    private final KvLayer[] layers;
    private final int[] blocks;

    private KvCaches(KvLayout layout, List<Integer> units, Kernels kernels) {
        this.layout = layout;
        this.kernels = kernels;
        this.keys = new MemorySegment[layout.kindOf().size()];
        this.values = new MemorySegment[layout.kindOf().size()];
        this.layers = new KvLayer[layout.kindOf().size()];
        this.blocks = new int[layout.kinds()];
        for (int kind = 0; kind < blocks.length; kind++) {
            blocks[kind] = units.get(kind);
        }
    }

    /**
     * Allocates from the kernels that will read it.
     *
     * @throws ForetokenException INSUFFICIENT_MEMORY
     */
    public static KvCaches allocate(KvLayout layout, CacheReservation reservation, Kernels kernels) {
        return allocate(layout, reservation.units().getFirst(), kernels);
    }

    /**
     * As {@link #allocate(KvLayout, CacheReservation, Kernels)}, for any part.
     *
     * @param units of each kind
     */
    public static KvCaches allocate(KvLayout layout, List<Integer> units, Kernels kernels) {
        KvCaches caches = new KvCaches(layout, units, kernels);
        try {
            layout.owners().forEach(caches::allocateSegments);
            for (int reader = 0; reader < caches.layers.length; reader++) {
                caches.composeLayer(reader);
            }
            return caches;
        } catch (OutOfMemoryError e) {
            caches.close();
            throw new ForetokenException(
                    ErrorCode.INSUFFICIENT_MEMORY, "The machine has no room for the KV cache that was reserved", e);
        }
    }

    private void allocateSegments(int owner) {
        KvLayout.Stored bytes = layout.stored().get(owner);
        keys[owner] = kernels.allocate(count(owner) * bytes.keyBytes(), arena);
        values[owner] = kernels.allocate(count(owner) * bytes.valueBytes(), arena);
    }

    private int count(int attention) {
        return Math.max(1, blocks[layout.kindOf().get(attention)]);
    }

    private void composeLayer(int reader) {
        KvSource source = layout.sources().get(reader);
        layers[reader] =
                new KvLayer(layout.formats().get(reader), count(reader), keys[source.keys()], values[source.values()]);
    }

    /** The blocks that an attention reads, of its own or of others. */
    public KvLayer layer(int attention) {
        return layers[attention];
    }

    /** Blocks of a kind. */
    public int blocks(int kind) {
        return blocks[kind];
    }

    public void copy(CacheCommand.CopyBlock command) {
        requireBlock(command.kind(), command.from());
        requireBlock(command.kind(), command.to());
        for (int owner : layout.ownersOf(command.kind())) {
            KvLayout.Stored bytes = layout.stored().get(owner);
            move(keys[owner], bytes.keyBytes(), command);
            move(values[owner], bytes.valueBytes(), command);
        }
    }

    private static void move(MemorySegment memory, long bytes, CacheCommand.CopyBlock command) {
        MemorySegment.copy(memory, command.from() * bytes, memory, command.to() * bytes, bytes);
    }

    /** Layout of a unit: for each owner in ascending order its keys, then its values. */
    public void export(CacheCommand.ExportBlocks command) {
        requireRoom(command.kind(), command.blocks(), command.target());
        long at = 0;
        for (int block : command.blocks()) {
            for (int owner : layout.ownersOf(command.kind())) {
                long keyBytes = layout.stored().get(owner).keyBytes();
                long valueBytes = layout.stored().get(owner).valueBytes();
                MemorySegment.copy(keys[owner], block * keyBytes, command.target(), at, keyBytes);
                MemorySegment.copy(values[owner], block * valueBytes, command.target(), at + keyBytes, valueBytes);
                at += keyBytes + valueBytes;
            }
        }
    }

    /** The inverse of {@link #export}. */
    public void load(CacheCommand.ImportBlocks command) {
        requireRoom(command.kind(), command.blocks(), command.source());
        long at = 0;
        for (int block : command.blocks()) {
            for (int owner : layout.ownersOf(command.kind())) {
                long keyBytes = layout.stored().get(owner).keyBytes();
                long valueBytes = layout.stored().get(owner).valueBytes();
                MemorySegment.copy(command.source(), at, keys[owner], block * keyBytes, keyBytes);
                MemorySegment.copy(command.source(), at + keyBytes, values[owner], block * valueBytes, valueBytes);
                at += keyBytes + valueBytes;
            }
        }
    }

    private void requireRoom(int kind, List<Integer> wanted, MemorySegment memory) {
        wanted.forEach(block -> requireBlock(kind, block));
        long bytes = wanted.size() * layout.spec().unitBytes(kind);
        if (memory.byteSize() < bytes) {
            throw failed("%d blocks take %d bytes, the memory given has %d"
                    .formatted(wanted.size(), bytes, memory.byteSize()));
        }
    }

    private void requireBlock(int kind, int block) {
        if (kind < 0 || kind >= blocks.length || block < 0 || block >= blocks[kind]) {
            throw failed("block %d of cache kind %d was named, but %s".formatted(block, kind, held(kind)));
        }
    }

    private String held(int kind) {
        return kind >= 0 && kind < blocks.length ? "it has " + blocks[kind] : "there are " + blocks.length + " kinds";
    }

    private static ForetokenException failed(String message) {
        return new ForetokenException(ErrorCode.RUNTIME_FAILED, message);
    }

    @Override
    public void close() {
        arena.close();
    }
}

package dev.foretoken.nativeruntime.cache;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.KvFormat;
import dev.foretoken.nativeruntime.kernels.layout.KvLayer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The blocks of every attention that stores K and V. */
public final class KvCaches implements AutoCloseable {

    private final KvLayout layout;
    private final Kernels kernels;
    private final Arena arena = Arena.ofShared();
    private final KvLayer[] layers;
    private final int[] blocks;

    private KvCaches(KvLayout layout, List<Integer> units, Kernels kernels) {
        this.layout = layout;
        this.kernels = kernels;
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
            layout.owners().forEach(caches::allocateLayer);
            return caches;
        } catch (OutOfMemoryError e) {
            caches.close();
            throw new ForetokenException(
                    ErrorCode.INSUFFICIENT_MEMORY, "The machine has no room for the KV cache that was reserved", e);
        }
    }

    private void allocateLayer(int owner) {
        KvFormat format = layout.formats().get(owner);
        int count = Math.max(1, blocks[layout.kindOf().get(owner)]);
        layers[owner] = new KvLayer(
                format,
                count,
                kernels.allocate(count * format.keyBlockBytes(), arena),
                kernels.allocate(count * format.valueBlockBytes(), arena));
    }

    /** The blocks of an attention that stores K and V. */
    public KvLayer layer(int owner) {
        return layers[owner];
    }

    /** Blocks of a kind. */
    public int blocks(int kind) {
        return blocks[kind];
    }

    public void copy(CacheCommand.CopyBlock command) {
        requireBlock(command.kind(), command.from());
        requireBlock(command.kind(), command.to());
        for (int owner : layout.ownersOf(command.kind())) {
            KvLayer layer = layers[owner];
            move(layer.keys(), layer.format().keyBlockBytes(), command);
            move(layer.values(), layer.format().valueBlockBytes(), command);
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
                KvLayer layer = layers[owner];
                long keyBytes = layer.format().keyBlockBytes();
                long valueBytes = layer.format().valueBlockBytes();
                MemorySegment.copy(layer.keys(), block * keyBytes, command.target(), at, keyBytes);
                MemorySegment.copy(layer.values(), block * valueBytes, command.target(), at + keyBytes, valueBytes);
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
                KvLayer layer = layers[owner];
                long keyBytes = layer.format().keyBlockBytes();
                long valueBytes = layer.format().valueBlockBytes();
                MemorySegment.copy(command.source(), at, layer.keys(), block * keyBytes, keyBytes);
                MemorySegment.copy(command.source(), at + keyBytes, layer.values(), block * valueBytes, valueBytes);
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

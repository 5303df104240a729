package dev.foretoken.nativeruntime.kernels;

import dev.foretoken.nativeruntime.kernels.layout.AttentionShape;
import dev.foretoken.nativeruntime.kernels.layout.KvFormat;
import dev.foretoken.nativeruntime.kernels.layout.KvLayer;
import dev.foretoken.nativeruntime.kernels.layout.RaggedBatch;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.DoubleSupplier;

/**
 * A paged cache with a few sequences in scattered blocks. Unwritten memory holds NaN, so that reading past a sequence's end shows; blocks
 * wholly behind the window are released.
 */
final class AttentionCase implements AutoCloseable {
    final KernelCase data;
    final KvLayer layer;
    final AttentionShape shape;
    private final int[] lengths;
    private final int[][] tables;

    /** One sequence per entry of {@code lengths}: its positions after the last call to {@link #attend}. */
    AttentionCase(long seed, KvFormat format, AttentionShape shape, int... lengths) {
        this.data = new KernelCase(seed);
        this.shape = shape;
        this.lengths = lengths;
        int blocks = Arrays.stream(lengths)
                .map(n -> Math.ceilDiv(n, format.blockTokens()))
                .sum();
        this.layer = KvLayer.allocate(format, blocks + 1, data.arena);
        layer.keys().fill((byte) 0xff);
        layer.values().fill((byte) 0xff);
        this.tables = new int[lengths.length][];
        int next = blocks;
        for (int i = 0; i < lengths.length; i++) {
            tables[i] = new int[Math.ceilDiv(lengths[i], format.blockTokens())];
            for (int b = 0; b < tables[i].length; b++) {
                tables[i][b] = next--;
            }
        }
    }

    int positions() {
        return Arrays.stream(lengths).sum();
    }

    /** fp32 [positions, heads, dim] over all sequences. */
    MemorySegment inputs(int heads, int dim, DoubleSupplier values) {
        return data.floats((long) positions() * heads * dim, values);
    }

    /**
     * {@code v} is not read where values are in keys. Feeds every sequence's positions in spans of at most {@code chunk}, all sequences
     * together; returns fp32 [positions, heads, valueDim].
     */
    MemorySegment attend(Kernels kernels, MemorySegment q, MemorySegment k, MemorySegment v, int chunk) {
        KvFormat format = layer.format();
        MemorySegment out = data.poisoned((long) positions() * shape.heads() * format.valueDim());
        int longest = Arrays.stream(lengths).max().orElseThrow();
        for (int from = 0; from < longest; from += chunk) {
            step(kernels, from, chunk, q, k, v, out);
        }
        return out;
    }

    private void step(
            Kernels kernels,
            int from,
            int chunk,
            MemorySegment q,
            MemorySegment k,
            MemorySegment v,
            MemorySegment out) {
        int[] active = active(from);
        int[] spans = new int[active.length];
        int[] firsts = new int[active.length];
        int[][] blocks = new int[active.length][];
        for (int i = 0; i < active.length; i++) {
            spans[i] = Math.min(chunk, lengths[active[i]] - from);
            firsts[i] = from;
            blocks[i] = visible(tables[active[i]], from);
        }
        RaggedBatch batch = data.batch(spans, firsts, blocks);
        KvFormat format = layer.format();
        kernels.writeKv(
                layer,
                batch,
                gather(k, active, spans, from, format.heads() * format.keyDim()),
                format.valueInKey() ? null : gather(v, active, spans, from, format.heads() * format.valueDim()));
        MemorySegment queries = gather(q, active, spans, from, shape.heads() * format.keyDim());
        int width = shape.heads() * format.valueDim();
        MemorySegment results = data.poisoned((long) Arrays.stream(spans).sum() * width);
        kernels.attention(layer, batch, shape, queries, results);
        long at = 0;
        for (int i = 0; i < active.length; i++) {
            long bytes = 4L * spans[i] * width;
            MemorySegment.copy(results, at, out, 4L * (start(active[i]) + from) * width, bytes);
            at += bytes;
        }
    }

    private int[] active(int from) {
        return java.util.stream.IntStream.range(0, lengths.length)
                .filter(i -> lengths[i] > from)
                .toArray();
    }

    private int start(int sequence) {
        return Arrays.stream(lengths, 0, sequence).sum();
    }

    /** The table with the blocks released that no token from {@code from} on sees. */
    private int[] visible(int[] table, int from) {
        int[] copy = table.clone();
        Arrays.fill(copy, 0, shape.firstVisible(from) / layer.format().blockTokens(), -1);
        return copy;
    }

    private MemorySegment gather(MemorySegment source, int[] active, int[] spans, int from, int width) {
        MemorySegment target = data.poisoned((long) Arrays.stream(spans).sum() * width);
        long at = 0;
        for (int i = 0; i < active.length; i++) {
            long bytes = 4L * spans[i] * width;
            MemorySegment.copy(source, 4L * (start(active[i]) + from) * width, target, at, bytes);
            at += bytes;
        }
        return target;
    }

    @Override
    public void close() {
        data.close();
    }
}

package dev.foretoken.nativeruntime.kernels;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.foretoken.nativeruntime.kernels.layout.BlockTables;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.RaggedBatch;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/** Makes inputs: seeded, at addresses that are no multiple of anything, each ending where its memory ends. */
final class KernelCase implements AutoCloseable {
    final Arena arena = Arena.ofShared();
    final SplittableRandom random;

    KernelCase(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Uninitialised-looking floats: every byte set, so that reading what was never written shows as NaN. */
    MemorySegment poisoned(long count) {
        MemorySegment whole = arena.allocate(count * 4 + 4, 64);
        whole.fill((byte) 0xff);
        return whole.asSlice(4);
    }

    MemorySegment floats(long count, DoubleSupplier values) {
        MemorySegment segment = poisoned(count);
        for (long i = 0; i < count; i++) {
            segment.set(JAVA_FLOAT_UNALIGNED, 4 * i, (float) values.getAsDouble());
        }
        return segment;
    }

    MemorySegment floats(float... values) {
        MemorySegment segment = poisoned(values.length);
        for (int i = 0; i < values.length; i++) {
            segment.set(JAVA_FLOAT_UNALIGNED, 4L * i, values[i]);
        }
        return segment;
    }

    MemorySegment ints(int... values) {
        MemorySegment segment = arena.allocate(values.length * 4L + 4, 64).asSlice(4);
        for (int i = 0; i < values.length; i++) {
            segment.set(JAVA_INT_UNALIGNED, 4L * i, values[i]);
        }
        return segment;
    }

    /** Integers in [-4, 4]: their sums of products are exact in fp32, and they are exact in bf16 and f16. */
    double smallInteger() {
        return random.nextInt(9) - 4;
    }

    double normal() {
        return random.nextDouble(-1, 1) + random.nextDouble(-1, 1);
    }

    RowTable table(FloatType type, int rows, int columns, DoubleSupplier values) {
        MemorySegment data =
                arena.allocate((long) rows * columns * type.bytes() + 1, 64).asSlice(1);
        for (long i = 0; i < (long) rows * columns; i++) {
            type.store(data, i, (float) values.getAsDouble());
        }
        return new RowTable(type, data, rows, columns);
    }

    RowTable table(FloatType type, int rows, int columns, double... values) {
        int[] next = {0};
        return table(type, rows, columns, () -> values[next[0]++]);
    }

    /** One row per entry: {@code spans[r]} tokens from position {@code firsts[r]}; {@code tables[r]} its blocks. */
    RaggedBatch batch(int[] spans, int[] firsts, int[][] tables) {
        int[] offsets = new int[spans.length];
        int[] lengths = new int[spans.length];
        int[] starts = new int[spans.length];
        for (int r = 0; r < spans.length; r++) {
            lengths[r] = tables[r].length;
            if (r > 0) {
                offsets[r] = offsets[r - 1] + spans[r - 1];
                starts[r] = starts[r - 1] + lengths[r - 1];
            }
        }
        int[] units = java.util.Arrays.stream(tables)
                .flatMapToInt(java.util.Arrays::stream)
                .toArray();
        return new RaggedBatch(
                spans.length,
                ints(offsets),
                ints(spans),
                ints(firsts),
                new BlockTables(ints(units), ints(starts), ints(lengths), 1));
    }

    static float[] array(MemorySegment segment, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = segment.get(JAVA_FLOAT_UNALIGNED, 4L * i);
        }
        return values;
    }

    static int[] intArray(MemorySegment segment, int count) {
        int[] values = new int[count];
        for (int i = 0; i < count; i++) {
            values[i] = segment.get(JAVA_INT_UNALIGNED, 4L * i);
        }
        return values;
    }

    @Override
    public void close() {
        arena.close();
    }
}

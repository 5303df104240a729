package dev.foretoken.nativeruntime.kernels.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import dev.foretoken.nativeruntime.kernels.layout.RotaryTable;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Norms, rotary, and operations on single elements. */
public final class ScalarPointwise {
    private ScalarPointwise() {}

    public static void rmsNorm(
            MemorySegment x, MemorySegment weight, float epsilon, int rows, int width, MemorySegment out) {
        for (int row = 0; row < rows; row++) {
            long start = (long) row * width;
            double squares = 0;
            for (int i = 0; i < width; i++) {
                squares += (double) get(x, start + i) * get(x, start + i);
            }
            float factor = (float) (1 / Math.sqrt(squares / width + epsilon));
            for (int i = 0; i < width; i++) {
                set(out, start + i, get(x, start + i) * factor * get(weight, i));
            }
        }
    }

    public static void rotary(
            MemorySegment x, RotaryTable table, MemorySegment positions, int tokens, int heads, int headDim) {
        for (int token = 0; token < tokens; token++) {
            long angles = (long) positions.get(JAVA_INT_UNALIGNED, 4L * token) * table.half();
            for (int head = 0; head < heads; head++) {
                turn(x, ((long) token * heads + head) * headDim, table, angles);
            }
        }
    }

    private static void turn(MemorySegment x, long start, RotaryTable table, long angles) {
        for (int i = 0; i < table.half(); i++) {
            float cos = get(table.cosine(), angles + i);
            float sin = get(table.sine(), angles + i);
            long first = switch (table.pairing()) {
                case HALVES -> start + i;
                case NEIGHBOURS -> start + 2L * i;
            };
            long second = switch (table.pairing()) {
                case HALVES -> first + table.half();
                case NEIGHBOURS -> first + 1;
            };
            float a = get(x, first);
            float b = get(x, second);
            set(x, first, a * cos - b * sin);
            set(x, second, b * cos + a * sin);
        }
    }

    public static void add(MemorySegment a, MemorySegment b, long count, MemorySegment out) {
        for (long i = 0; i < count; i++) {
            set(out, i, get(a, i) + get(b, i));
        }
    }

    public static void addScaled(MemorySegment a, MemorySegment b, float scale, long count, MemorySegment out) {
        for (long i = 0; i < count; i++) {
            set(out, i, get(a, i) + scale * get(b, i));
        }
    }

    public static void rescale(MemorySegment x, float scale, float softCap, long count, MemorySegment out) {
        for (long i = 0; i < count; i++) {
            float scaled = get(x, i) * scale;
            set(out, i, softCap > 0 ? (float) (softCap * Math.tanh(scaled / softCap)) : scaled);
        }
    }

    public static void layerNorm(
            MemorySegment x,
            MemorySegment weight,
            @Nullable MemorySegment bias,
            float epsilon,
            int rows,
            int width,
            MemorySegment out) {
        for (int row = 0; row < rows; row++) {
            long start = (long) row * width;
            double sum = 0;
            for (int i = 0; i < width; i++) {
                sum += get(x, start + i);
            }
            double mean = sum / width;
            double squares = 0;
            for (int i = 0; i < width; i++) {
                squares += (get(x, start + i) - mean) * (get(x, start + i) - mean);
            }
            double factor = 1 / Math.sqrt(squares / width + epsilon);
            for (int i = 0; i < width; i++) {
                double scaled = (get(x, start + i) - mean) * factor * get(weight, i);
                set(out, start + i, (float) (bias == null ? scaled : scaled + get(bias, i)));
            }
        }
    }

    private static float get(MemorySegment segment, long index) {
        return segment.get(JAVA_FLOAT_UNALIGNED, index << 2);
    }

    private static void set(MemorySegment segment, long index, float value) {
        segment.set(JAVA_FLOAT_UNALIGNED, index << 2, value);
    }
}

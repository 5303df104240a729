package dev.foretoken.nativeruntime.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.nativeruntime.kernels.layout.AttentionShape;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.KvFormat;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Cache writes and attention of every implementation against the oracle. */
class AttentionTest {
    private static final String EXACT = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#exact";
    private static final String FAST = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#fast";
    private static final String ALL = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#all";
    /** keyDim, valueDim, query heads, KV heads. */
    private static final int[][] HEADS = {
        {2, 2, 1, 1}, {64, 64, 8, 1}, {64, 64, 4, 2}, {128, 128, 6, 2}, {20, 34, 7, 1}, {256, 256, 2, 1}, {80, 80, 3, 3}
    };
    /** What storing in bf16 and rounding the probabilities may cost, for values in [-2, 2]. */
    private static final double FAST_BUDGET = 0.03;

    private final Kernels oracle = new ScalarKernels();

    @ParameterizedTest
    @MethodSource(ALL)
    void writesTheSameBitsAsTheOracle(Kernels kernels) {
        try (kernels) {
            for (FloatType type : FloatType.values()) {
                for (int[] heads : HEADS) {
                    KvFormat format = new KvFormat(type, 32, heads[3], heads[0], heads[1]);
                    AttentionShape shape = new AttentionShape(heads[2], 1, 0);
                    try (AttentionCase actual = new AttentionCase(1, format, shape, 37, 1);
                            AttentionCase expected = new AttentionCase(1, format, shape, 37, 1)) {
                        run(actual, kernels, 11);
                        run(expected, oracle, 38);
                        Comparison.sameBits(actual.layer.keys(), expected.layer.keys(), type + " keys");
                        Comparison.sameBits(actual.layer.values(), expected.layer.values(), type + " values");
                    }
                }
            }
        }
    }

    /** Equal scores make the weights exact, and small integers their sums: only the division rounds. */
    @ParameterizedTest
    @MethodSource(ALL)
    void averagesSmallIntegersExactly(Kernels kernels) {
        try (kernels) {
            for (FloatType type : FloatType.values()) {
                for (int[] heads : HEADS) {
                    for (int window : new int[] {0, 5}) {
                        KvFormat format = new KvFormat(type, 16, heads[3], heads[0], heads[1]);
                        AttentionShape shape = new AttentionShape(heads[2], 1, window);
                        try (AttentionCase at = new AttentionCase(2, format, shape, 150, 1, 16)) {
                            MemorySegment q = at.inputs(heads[2], heads[0], () -> 0);
                            MemorySegment k = at.inputs(heads[3], heads[0], at.data::smallInteger);
                            MemorySegment v = at.inputs(heads[3], heads[1], at.data::smallInteger);
                            int count = at.positions() * heads[2] * heads[1];
                            MemorySegment expected = at.attend(oracle, q, k, v, 150);
                            MemorySegment actual = at.attend(kernels, q, k, v, 150);
                            Comparison.within(actual, expected, count, type + " window " + window, i -> 0x1p-22);
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(EXACT)
    void attendsWithinRounding(Kernels kernels) {
        compareRandom(kernels, FloatType.values(), 2e-5);
    }

    @ParameterizedTest
    @MethodSource(FAST)
    void attendsWithinTheFastBudget(Kernels kernels) {
        compareRandom(kernels, new FloatType[] {FloatType.BF16}, FAST_BUDGET);
    }

    private void compareRandom(Kernels kernels, FloatType[] types, double budget) {
        try (kernels) {
            for (FloatType type : types) {
                for (int[] heads : HEADS) {
                    for (int window : new int[] {0, 70}) {
                        KvFormat format = new KvFormat(type, 64, heads[3], heads[0], heads[1]);
                        float scale = (float) (1 / Math.sqrt(heads[0]));
                        AttentionShape shape = new AttentionShape(heads[2], scale, window);
                        try (AttentionCase at = new AttentionCase(3, format, shape, 150, 33)) {
                            MemorySegment actual = run(at, kernels, 40);
                            MemorySegment expected = run(at, oracle, 150);
                            int count = at.positions() * heads[2] * heads[1];
                            String what = "%s %s dim %d".formatted(kernels.path(), type, heads[0]);
                            Comparison.within(actual, expected, count, what, i -> budget);
                        }
                    }
                }
            }
        }
    }

    /** Scores far apart: the largest takes all, whatever tile it is in, and nothing overflows. */
    @ParameterizedTest
    @MethodSource(ALL)
    void survivesScoresOfAnySize(Kernels kernels) {
        try (kernels) {
            KvFormat format = new KvFormat(FloatType.F32, 16, 1, 2, 2);
            try (AttentionCase at = new AttentionCase(4, format, new AttentionShape(1, 1, 0), 400)) {
                MemorySegment q = at.inputs(1, 2, () -> 1e4);
                MemorySegment k = at.inputs(1, 2, () -> at.data.random.nextInt(-1000, 1000));
                MemorySegment v = at.inputs(1, 2, at.data::normal);
                MemorySegment actual = at.attend(kernels, q, k, v, 400);
                MemorySegment expected = at.attend(oracle, q, k, v, 400);
                Comparison.within(actual, expected, 800, "extremes", i -> 1e-6);
            }
        }
    }

    /** Same inputs whoever asks: they depend on the case's seed only. */
    private static MemorySegment run(AttentionCase at, Kernels kernels, int chunk) {
        KvFormat format = at.layer.format();
        try (KernelCase inputs = new KernelCase(17)) {
            MemorySegment q = at.inputs(at.shape.heads(), format.keyDim(), inputs::normal);
            MemorySegment k = at.inputs(format.heads(), format.keyDim(), inputs::normal);
            MemorySegment v = at.inputs(format.heads(), format.valueDim(), inputs::normal);
            MemorySegment out = at.attend(kernels, q, k, v, chunk);
            assertThat(out.byteSize()).isPositive();
            return out;
        }
    }
}

package dev.foretoken.nativeruntime.kernels;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.nativeruntime.kernels.layout.AttentionShape;
import dev.foretoken.nativeruntime.kernels.layout.KvFormat;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.kernels.layout.RaggedBatch;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Cache writes and attention of every implementation against the oracle. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AttentionTest {
    private static final String EXACT = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#exact";
    private static final String FAST = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#fast";
    private static final String ALL = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#all";
    /** keyDim, valueDim, query heads, KV heads. */
    private static final int[][] HEADS = {
        {2, 2, 1, 1}, {64, 64, 8, 1}, {64, 64, 4, 2}, {128, 128, 6, 2}, {20, 34, 7, 1}, {256, 256, 2, 1}, {80, 80, 3, 3}
    };
    /** What rounding queries and probabilities to bf16 may cost, for values in [-2, 2]. */
    private static final double FAST_BUDGET = 0.03;
    /** What storing in 8 bits may cost, for values in [-2, 2]: half of 2 / 127 per value, and what it does to the scores. */
    private static final double EIGHT_BIT_BUDGET = 0.03;

    private final Kernels oracle = new ScalarKernels();
    private final OracleAnswers answers = new OracleAnswers();

    @ParameterizedTest
    @MethodSource(ALL)
    void writesTheSameBitsAsTheOracle(Kernels kernels) {
        try (kernels) {
            for (KvType type : KvType.values()) {
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

    @ParameterizedTest
    @MethodSource(ALL)
    void writesKeysAndValuesAlsoOneWithoutTheOther(Kernels kernels) {
        try (kernels) {
            for (KvType type : KvType.values()) {
                KvFormat format = new KvFormat(type, 32, 2, 6, 34);
                AttentionShape shape = new AttentionShape(2, 1, 0);
                try (AttentionCase whole = new AttentionCase(1, format, shape, 37);
                        AttentionCase parts = new AttentionCase(1, format, shape, 37)) {
                    MemorySegment k = whole.inputs(2, 6, whole.data::normal);
                    MemorySegment v = whole.inputs(2, 34, whole.data::normal);
                    RaggedBatch batch = whole.data.batch(new int[] {37}, new int[] {0}, new int[][] {{2, 0}});
                    kernels.writeKv(whole.layer, batch, k, v);
                    kernels.writeKv(parts.layer, batch, k, null);
                    assertThat(parts.layer.values().toArray(JAVA_BYTE)).containsOnly(-1);
                    kernels.writeKv(parts.layer, batch, null, v);
                    Comparison.sameBits(parts.layer.keys(), whole.layer.keys(), type + " keys");
                    Comparison.sameBits(parts.layer.values(), whole.layer.values(), type + " values");
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void keepsNumbersThatCannotBeQuantizedAsTheOracleDoes(Kernels kernels) {
        try (kernels) {
            float[] hostile = {
                Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0, -0f, 1e-38f, 1e-45f, 3e38f
            };
            for (int dim : new int[] {34, 64}) {
                KvFormat format = new KvFormat(KvType.INT8, 64, 2, dim, dim);
                AttentionShape shape = new AttentionShape(2, 1, 0);
                try (AttentionCase actual = new AttentionCase(1, format, shape, 70);
                        AttentionCase expected = new AttentionCase(1, format, shape, 70);
                        KernelCase inputs = new KernelCase(18)) {
                    MemorySegment x = actual.inputs(
                            2,
                            dim,
                            () -> inputs.random.nextInt(dim) > 0
                                    ? inputs.normal()
                                    : hostile[inputs.random.nextInt(hostile.length)]);
                    actual.attend(kernels, x, x, x, 70);
                    expected.attend(oracle, x, x, x, 70);
                    Comparison.sameBits(actual.layer.keys(), expected.layer.keys(), "keys of " + dim);
                    Comparison.sameBits(actual.layer.values(), expected.layer.values(), "values of " + dim);
                }
            }
        }
    }

    /** Equal scores make the weights exact, and small integers their sums: only the division rounds. With 127 among them a scale is 1. */
    @ParameterizedTest
    @MethodSource(ALL)
    void averagesSmallIntegersExactly(Kernels kernels) {
        try (kernels) {
            for (KvType type : KvType.values()) {
                for (int[] heads : HEADS) {
                    for (int window : new int[] {0, 5}) {
                        KvFormat format = new KvFormat(type, 16, heads[3], heads[0], heads[1]);
                        AttentionShape shape = new AttentionShape(heads[2], 1, window);
                        try (AttentionCase at = new AttentionCase(2, format, shape, 150, 1, 16)) {
                            MemorySegment q = at.inputs(heads[2], heads[0], () -> 0);
                            MemorySegment k = at.inputs(heads[3], heads[0], at.data::smallInteger);
                            int[] next = {0};
                            MemorySegment v = at.inputs(
                                    heads[3], heads[1], () -> next[0]++ % heads[1] == 0 ? 127 : at.data.smallInteger());
                            int count = at.positions() * heads[2] * heads[1];
                            MemorySegment expected = answers.get(
                                    List.of("integers", format, heads[2], window),
                                    () -> at.attend(oracle, q, k, v, 150));
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
        compareRandom(kernels, KvType.values(), 2e-5);
    }

    @ParameterizedTest
    @MethodSource(FAST)
    void attendsWithinTheFastBudget(Kernels kernels) {
        compareRandom(kernels, new KvType[] {KvType.F16, KvType.BF16, KvType.INT8}, FAST_BUDGET);
    }

    /** Against a cache that rounds nothing. */
    @ParameterizedTest
    @MethodSource(ALL)
    void eightBitsCostNoMoreThanTheirBudget(Kernels kernels) {
        try (kernels) {
            for (int[] heads : HEADS) {
                AttentionShape shape = new AttentionShape(heads[2], (float) (1 / Math.sqrt(heads[0])), 0);
                KvFormat coded = new KvFormat(KvType.INT8, 32, heads[3], heads[0], heads[1]);
                KvFormat exact = new KvFormat(KvType.F32, 32, heads[3], heads[0], heads[1]);
                try (AttentionCase at = new AttentionCase(3, coded, shape, 150, 33);
                        AttentionCase unrounded = new AttentionCase(3, exact, shape, 150, 33)) {
                    MemorySegment actual = run(at, kernels, 40);
                    MemorySegment expected =
                            answers.get(List.of("unrounded", exact, heads[2]), () -> run(unrounded, oracle, 150));
                    int count = at.positions() * heads[2] * heads[1];
                    String what = "%s dim %d".formatted(kernels.path(), heads[0]);
                    Comparison.within(actual, expected, count, what, i -> EIGHT_BIT_BUDGET);
                }
            }
        }
    }

    private void compareRandom(Kernels kernels, KvType[] types, double budget) {
        try (kernels) {
            for (KvType type : types) {
                for (int[] heads : HEADS) {
                    for (int window : new int[] {0, 70}) {
                        KvFormat format = new KvFormat(type, 64, heads[3], heads[0], heads[1]);
                        float scale = (float) (1 / Math.sqrt(heads[0]));
                        try (KernelCase sinks = new KernelCase(19);
                                AttentionCase at =
                                        new AttentionCase(3, format, shape(heads[2], scale, window, sinks), 150, 33)) {
                            MemorySegment actual = run(at, kernels, 40);
                            MemorySegment expected = answers.get(
                                    List.of("random", format, heads[2], window), () -> run(at, oracle, 150));
                            int count = at.positions() * heads[2] * heads[1];
                            String what = "%s %s dim %d".formatted(kernels.path(), type, heads[0]);
                            Comparison.within(actual, expected, count, what, i -> budget);
                        }
                    }
                }
            }
        }
    }

    /** With a window also a soft cap and sinks, of which every third is far above all scores. */
    private static AttentionShape shape(int heads, float scale, int window, KernelCase data) {
        int[] next = {0};
        return window == 0
                ? new AttentionShape(heads, scale, 0)
                : new AttentionShape(
                        heads,
                        scale,
                        1.5f,
                        window,
                        data.floats(heads, () -> next[0]++ % 3 == 1 ? 200 : 3 * data.normal()));
    }

    /** A sink takes of the weights what a position of its score and a value of 0 would. */
    @ParameterizedTest
    @MethodSource(ALL)
    void sinksTakeTheirShareOfEveryWeight(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(20)) {
            KvFormat format = new KvFormat(KvType.F32, 16, 1, 2, 2);
            MemorySegment sinks = data.floats(0, (float) Math.log(3));
            try (AttentionCase at = new AttentionCase(4, format, new AttentionShape(2, 1, 0, 0, sinks), 300)) {
                MemorySegment zero = at.inputs(2, 2, () -> 0);
                MemorySegment ones = at.inputs(1, 2, () -> 1);
                MemorySegment actual = at.attend(kernels, zero, zero, ones, 300);
                float[] all = actual.toArray(java.lang.foreign.ValueLayout.JAVA_FLOAT);
                for (int i = 0; i < all.length; i++) {
                    double seen = i / 4 + 1;
                    assertThat((double) all[i]).isCloseTo(seen / (seen + (i / 2 % 2 == 0 ? 1 : 3)), within(1e-6));
                }
            }
        }
    }

    /** Scores far apart: the largest takes all, whatever tile it is in, and nothing overflows. */
    @ParameterizedTest
    @MethodSource(ALL)
    void survivesScoresOfAnySize(Kernels kernels) {
        try (kernels) {
            KvFormat format = new KvFormat(KvType.F32, 16, 1, 2, 2);
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

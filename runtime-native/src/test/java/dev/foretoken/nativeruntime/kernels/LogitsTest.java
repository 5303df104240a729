package dev.foretoken.nativeruntime.kernels;

import static dev.foretoken.nativeruntime.kernels.KernelCase.array;
import static dev.foretoken.nativeruntime.kernels.KernelCase.intArray;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.nativeruntime.kernels.layout.LogitSummary;
import dev.foretoken.nativeruntime.kernels.layout.SampleRequest;
import java.lang.foreign.MemorySegment;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reductions over logits of every implementation against the oracle. */
class LogitsTest {
    private static final int[] VOCABULARIES = {1, 2, 15, 16, 17, 31, 33, 1000, 4095, 4096, 4097, 8200};
    private static final int ROWS = 3;
    private static final String ALL = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#all";

    private final Kernels oracle = new ScalarKernels();

    @ParameterizedTest
    @MethodSource(ALL)
    void summarizesLikeTheOracle(Kernels kernels) {
        forEachVocabulary(kernels, KernelCase::normal, (data, vocabulary, logits) -> {
            LogitSummary actual = summary(data);
            LogitSummary expected = summary(data);
            kernels.summarize(logits, ROWS, vocabulary, actual);
            oracle.summarize(logits, ROWS, vocabulary, expected);
            Comparison.sameBits(actual.argmax(), expected.argmax(), "argmax of " + vocabulary);
            Comparison.sameBits(actual.max(), expected.max(), "max of " + vocabulary);
            Comparison.within(
                    actual.logSumExp(), expected.logSumExp(), ROWS, "log-sum-exp of " + vocabulary, i -> 2e-6);
        });
    }

    /** Equal logits: the sum is the count, so one missed or counted twice shows; the lowest id wins. */
    @ParameterizedTest
    @MethodSource(ALL)
    void countsEqualLogitsExactly(Kernels kernels) {
        forEachVocabulary(kernels, data -> 3, (data, vocabulary, logits) -> {
            LogitSummary actual = summary(data);
            kernels.summarize(logits, ROWS, vocabulary, actual);
            assertThat(intArray(actual.argmax(), ROWS)).containsOnly(0);
            assertThat(array(actual.logSumExp(), ROWS)).containsOnly((float) (3 + Math.log(vocabulary)));
        });
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void ranksLikeTheOracleTiesIncluded(Kernels kernels) {
        forEachVocabulary(kernels, data -> data.random.nextInt(-40, 40) / 4.0, (data, vocabulary, logits) -> {
            for (int k : new int[] {1, 2, 5, 40, vocabulary}) {
                if (k <= vocabulary && k * vocabulary <= 4_000_000) {
                    MemorySegment ids = data.poisoned((long) ROWS * k);
                    MemorySegment values = data.poisoned((long) ROWS * k);
                    MemorySegment expectedIds = data.poisoned((long) ROWS * k);
                    MemorySegment expectedValues = data.poisoned((long) ROWS * k);
                    kernels.topK(logits, ROWS, vocabulary, k, ids, values);
                    oracle.topK(logits, ROWS, vocabulary, k, expectedIds, expectedValues);
                    Comparison.sameBits(ids, expectedIds, "ids, k=%d of %d".formatted(k, vocabulary));
                    Comparison.sameBits(values, expectedValues, "values, k=%d of %d".formatted(k, vocabulary));
                }
            }
        });
    }

    /** Weights are powers of two times one, so running sums are exact and both sides must cross at the same token. */
    @ParameterizedTest
    @MethodSource(ALL)
    void drawsTheSameTokenAsTheOracle(Kernels kernels) {
        forEachVocabulary(kernels, data -> data.random.nextInt(3) == 0 ? -1 : 0, (data, vocabulary, logits) -> {
            for (int draw = 0; draw < 20; draw++) {
                DoubleSupplier uniform = () -> data.random.nextInt(1 << 10) * 0x1p-10;
                SampleRequest actual = request(data, 1, -0.5f, uniform);
                SampleRequest expected = new SampleRequest(
                        actual.inverseTemperature(), actual.floor(), actual.uniform(), data.poisoned(ROWS));
                MemorySegment max = data.floats(0, 0, 0);
                kernels.sample(logits, ROWS, vocabulary, max, actual);
                oracle.sample(logits, ROWS, vocabulary, max, expected);
                Comparison.sameBits(actual.ids(), expected.ids(), "draw from " + vocabulary);
            }
        });
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void drawsInProportionToTheWeights(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(8)) {
            int vocabulary = 5000;
            MemorySegment logits = data.floats(ROWS * vocabulary, () -> -1e9);
            float[] weights = {1, 2, 4, 1};
            int[] ids = {3, 4095, 4096, 4999};
            for (int i = 0; i < 4; i++) {
                for (int row = 0; row < ROWS; row++) {
                    float logit = (float) (2 * Math.log(weights[i]));
                    logits.set(
                            java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED,
                            4L * (row * vocabulary + ids[i]),
                            logit);
                }
            }
            int[] drawn = new int[vocabulary];
            MemorySegment max = data.floats(ROWS, () -> 2 * Math.log(4));
            for (int draw = 0; draw < 800; draw++) {
                double u = draw / 800.0;
                SampleRequest request = request(data, 0.5f, Float.NEGATIVE_INFINITY, () -> u);
                kernels.sample(logits, ROWS, vocabulary, max, request);
                drawn[intArray(request.ids(), ROWS)[1]]++;
            }
            for (int i = 0; i < 4; i++) {
                assertThat(drawn[ids[i]]).isBetween((int) (weights[i] * 100) - 1, (int) (weights[i] * 100) + 1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void minusInfinityAndNaNNeverWin(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(9)) {
            float none = Float.NEGATIVE_INFINITY;
            MemorySegment logits = data.floats(none, Float.NaN, -5, none, none, none, none, none, none);
            LogitSummary actual = summary(data);
            kernels.summarize(logits, ROWS, 3, actual);
            assertThat(intArray(actual.argmax(), ROWS)).containsExactly(2, 0, 0);
            assertThat(array(actual.max(), ROWS)).containsExactly(-5, none, none);
            assertThat(array(actual.logSumExp(), ROWS)[0]).isNaN();
            MemorySegment ids = data.poisoned(9);
            MemorySegment values = data.poisoned(9);
            kernels.topK(logits, ROWS, 3, 3, ids, values);
            assertThat(intArray(ids, 6)).containsExactly(2, 0, 1, 0, 1, 2);
        }
    }

    private interface Case {
        void run(KernelCase data, int vocabulary, MemorySegment logits);
    }

    private interface Values {
        double next(KernelCase data);
    }

    private static void forEachVocabulary(Kernels kernels, Values values, Case test) {
        try (kernels) {
            for (int vocabulary : VOCABULARIES) {
                try (KernelCase data = new KernelCase(vocabulary)) {
                    test.run(data, vocabulary, data.floats((long) ROWS * vocabulary, () -> values.next(data)));
                }
            }
        }
    }

    private static LogitSummary summary(KernelCase data) {
        return new LogitSummary(data.poisoned(ROWS), data.poisoned(ROWS), data.poisoned(ROWS));
    }

    private static SampleRequest request(
            KernelCase data, float inverseTemperature, float floor, DoubleSupplier uniform) {
        return new SampleRequest(
                data.floats(ROWS, () -> inverseTemperature),
                data.floats(ROWS, () -> floor),
                data.floats(ROWS, uniform),
                data.poisoned(ROWS));
    }
}

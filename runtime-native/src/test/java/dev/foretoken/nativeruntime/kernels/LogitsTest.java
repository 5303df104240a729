package dev.foretoken.nativeruntime.kernels;

import static dev.foretoken.nativeruntime.kernels.KernelCase.array;
import static dev.foretoken.nativeruntime.kernels.KernelCase.intArray;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.sampling.LogitSummary;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Reductions over logits of every implementation against the oracle. */
class LogitsTest {
    private static final int[] VOCABULARIES = {1, 2, 15, 16, 17, 31, 33, 1000, 4095, 4096, 4097, 8200};
    private static final String ALL = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#all";

    private final Kernels oracle = new ScalarKernels();

    private static LogitSummary read(Kernels kernels, KernelCase data, MemorySegment logits, int vocabulary) {
        LogitSummary summary = summary(data, vocabulary);
        kernels.summarize(logits, vocabulary, null, 1, true, summary);
        return summary;
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void summarizesLikeTheOracle(Kernels kernels) {
        forEachVocabulary(kernels, KernelCase::normal, (data, vocabulary, logits) -> {
            for (float inverse : new float[] {1, 0.4f, 3}) {
                LogitSummary actual = summary(data, vocabulary);
                LogitSummary expected = summary(data, vocabulary);
                kernels.summarize(logits, vocabulary, null, inverse, true, actual);
                oracle.summarize(logits, vocabulary, null, inverse, true, expected);
                requireSame(actual, expected, vocabulary);
            }
        });
    }

    private static void requireSame(LogitSummary actual, LogitSummary expected, int vocabulary) {
        Comparison.sameBits(actual.argmax(), expected.argmax(), "argmax of " + vocabulary);
        Comparison.sameBits(actual.max(), expected.max(), "max of " + vocabulary);
        Comparison.sameBits(actual.blockMaxima(), expected.blockMaxima(), "block maxima of " + vocabulary);
        Comparison.within(actual.logSumExp(), expected.logSumExp(), 1, "log-sum-exp of " + vocabulary, i -> 2e-6);
        int numbers = 2 * LogitSummary.chunks(vocabulary);
        float[] chunks = array(expected.chunks(), numbers);
        Comparison.within(
                actual.chunks(),
                expected.chunks(),
                numbers,
                "chunks of " + vocabulary,
                i -> 2e-6 * Math.abs(chunks[i]));
        double mass = expected.mass().get(JAVA_DOUBLE_UNALIGNED, 0);
        assertThat(actual.mass().get(JAVA_DOUBLE_UNALIGNED, 0)).isCloseTo(mass, within(2e-6 * mass));
    }

    /** Equal logits: the sum is the count, so one missed or counted twice shows; the lowest id wins. */
    @ParameterizedTest
    @MethodSource(ALL)
    void countsEqualLogitsExactly(Kernels kernels) {
        forEachVocabulary(kernels, data -> 3, (data, vocabulary, logits) -> {
            LogitSummary actual = summary(data, vocabulary);
            kernels.summarize(logits, vocabulary, null, 0.5f, true, actual);
            assertThat(intArray(actual.argmax(), 1)).containsOnly(0);
            assertThat(array(actual.logSumExp(), 1)).containsOnly((float) (3 + Math.log(vocabulary)));
            assertThat(actual.mass().get(JAVA_DOUBLE_UNALIGNED, 0)).isEqualTo(vocabulary);
        });
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void refusesWhatTheMaskRefusesInPlace(Kernels kernels) {
        forEachVocabulary(kernels, KernelCase::normal, (data, vocabulary, logits) -> {
            MemorySegment mask = data.poisoned(2L * Math.ceilDiv(vocabulary, 64));
            for (long i = 0; i < mask.byteSize(); i++) {
                mask.set(JAVA_BYTE, i, (byte) data.random.nextInt());
            }
            MemorySegment masked = data.floats(array(logits, vocabulary));
            LogitSummary actual = summary(data, vocabulary);
            LogitSummary expected = summary(data, vocabulary);
            kernels.summarize(logits, vocabulary, mask, 0.7f, true, actual);
            oracle.summarize(masked, vocabulary, mask, 0.7f, true, expected);
            Comparison.sameBits(logits, masked, "masked logits of " + vocabulary);
            if (Float.isFinite(array(expected.max(), 1)[0])) {
                requireSame(actual, expected, vocabulary);
            }
        });
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void ranksLikeTheOracleTiesIncluded(Kernels kernels) {
        forEachVocabulary(kernels, data -> data.random.nextInt(-40, 40) / 4.0, (data, vocabulary, logits) -> {
            LogitSummary summary = read(kernels, data, logits, vocabulary);
            for (int k : new int[] {1, 2, 5, 40, 100, vocabulary}) {
                if (k <= vocabulary && k * vocabulary <= 4_000_000) {
                    MemorySegment ids = data.poisoned(k);
                    MemorySegment values = data.poisoned(k);
                    MemorySegment expectedIds = data.poisoned(k);
                    MemorySegment expectedValues = data.poisoned(k);
                    kernels.topK(logits, vocabulary, summary, k, ids, values);
                    oracle.topK(logits, vocabulary, summary, k, expectedIds, expectedValues);
                    Comparison.sameBits(ids, expectedIds, "ids, k=%d of %d".formatted(k, vocabulary));
                    Comparison.sameBits(values, expectedValues, "values, k=%d of %d".formatted(k, vocabulary));
                }
            }
        });
    }

    /** Weights are one or none, so running sums are exact and both sides must cross at the same token. */
    @ParameterizedTest
    @MethodSource(ALL)
    void drawsTheSameTokenAsTheOracle(Kernels kernels) {
        forEachVocabulary(kernels, data -> data.random.nextInt(3) == 0 ? -1000 : 0, (data, vocabulary, logits) -> {
            logits.set(JAVA_FLOAT_UNALIGNED, 4L * data.random.nextInt(vocabulary), 0);
            LogitSummary summary = read(kernels, data, logits, vocabulary);
            for (int draw = 0; draw < 20; draw++) {
                float uniform = data.random.nextInt(1 << 10) * 0x1p-10f;
                for (float floor : new float[] {-0.5f, Float.NEGATIVE_INFINITY}) {
                    int actual = kernels.sample(logits, vocabulary, summary, 1, floor, uniform);
                    int expected = oracle.sample(logits, vocabulary, summary, 1, floor, uniform);
                    assertThat(actual)
                            .as("draw from %d at %s", vocabulary, uniform)
                            .isEqualTo(expected);
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void drawsInProportionToTheWeights(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(8)) {
            int vocabulary = 5000;
            MemorySegment logits = data.floats(vocabulary, () -> -1e9);
            float[] weights = {1, 2, 4, 1};
            int[] ids = {3, 4095, 4096, 4999};
            for (int i = 0; i < 4; i++) {
                logits.set(JAVA_FLOAT_UNALIGNED, 4L * ids[i], (float) (2 * Math.log(weights[i])));
            }
            LogitSummary summary = summary(data, vocabulary);
            kernels.summarize(logits, vocabulary, null, 0.5f, false, summary);
            for (float floor : new float[] {-1e8f, Float.NEGATIVE_INFINITY}) {
                int[] drawn = new int[vocabulary];
                for (int draw = 0; draw < 800; draw++) {
                    drawn[kernels.sample(logits, vocabulary, summary, 0.5f, floor, draw / 800f)]++;
                }
                for (int i = 0; i < 4; i++) {
                    assertThat(drawn[ids[i]]).isBetween((int) (weights[i] * 100) - 1, (int) (weights[i] * 100) + 1);
                }
            }
        }
    }

    /** What lies in blocks below the k-th largest block, or below the floor, is replaced after the pass and must not show. */
    @ParameterizedTest
    @MethodSource(ALL)
    void looksAgainOnlyWhereTheBestCanBe(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(10)) {
            int vocabulary = 8200;
            int k = 20;
            MemorySegment logits = data.floats(vocabulary, data::normal);
            LogitSummary summary = read(kernels, data, logits, vocabulary);
            MemorySegment ids = data.poisoned(k);
            MemorySegment values = data.poisoned(k);
            kernels.topK(logits, vocabulary, summary, k, ids, values);
            float floor = array(values, k)[k - 1];
            int drawn = kernels.sample(logits, vocabulary, summary, 2, floor, 0.6f);
            if (kernels instanceof NativeKernels) {
                float[] maxima = array(summary.blockMaxima(), LogitSummary.blocks(vocabulary));
                float[] sorted = maxima.clone();
                Arrays.sort(sorted);
                for (int id = 0; id < vocabulary; id++) {
                    if (maxima[id / LogitSummary.BLOCK] < sorted[maxima.length - k]) {
                        logits.set(JAVA_FLOAT_UNALIGNED, 4L * id, 1e30f);
                    }
                }
            }
            MemorySegment idsAgain = data.poisoned(k);
            kernels.topK(logits, vocabulary, summary, k, idsAgain, values);
            Comparison.sameBits(idsAgain, ids, "ids");
            assertThat(kernels.sample(logits, vocabulary, summary, 2, floor, 0.6f))
                    .isEqualTo(drawn);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void minusInfinityAndNaNNeverWin(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(9)) {
            float none = Float.NEGATIVE_INFINITY;
            MemorySegment logits = data.floats(none, Float.NaN, -5);
            LogitSummary actual = read(kernels, data, logits, 3);
            assertThat(intArray(actual.argmax(), 1)).containsExactly(2);
            assertThat(array(actual.max(), 1)).containsExactly(-5);
            assertThat(array(actual.logSumExp(), 1)[0]).isNaN();
            assertThat(actual.mass().get(JAVA_DOUBLE_UNALIGNED, 0)).isEqualTo(1);
            assertThat(kernels.sample(logits, 3, actual, 1, none, 0.9f)).isEqualTo(2);
            MemorySegment ids = data.poisoned(3);
            MemorySegment values = data.poisoned(3);
            kernels.topK(logits, 3, actual, 3, ids, values);
            assertThat(intArray(ids, 3)).containsExactly(2, 0, 1);
            MemorySegment nothing = data.floats(none, none, none);
            LogitSummary empty = read(kernels, data, nothing, 3);
            assertThat(intArray(empty.argmax(), 1)).containsExactly(0);
            assertThat(array(empty.max(), 1)).containsExactly(none);
            kernels.topK(nothing, 3, empty, 3, ids, values);
            assertThat(intArray(ids, 3)).containsExactly(0, 1, 2);
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
                    test.run(data, vocabulary, data.floats(vocabulary, () -> values.next(data)));
                }
            }
        }
    }

    private static LogitSummary summary(KernelCase data, int vocabulary) {
        return new LogitSummary(
                data.poisoned(1),
                data.poisoned(1),
                data.poisoned(1),
                data.poisoned(2),
                data.poisoned(LogitSummary.blocks(vocabulary)),
                data.poisoned(2L * LogitSummary.chunks(vocabulary)));
    }
}

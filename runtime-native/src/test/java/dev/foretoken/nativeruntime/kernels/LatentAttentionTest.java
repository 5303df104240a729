package dev.foretoken.nativeruntime.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.nativeruntime.kernels.layout.AttentionShape;
import dev.foretoken.nativeruntime.kernels.layout.KvFormat;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.kernels.layout.TokenVectors;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Attention whose values are the last elements of its keys, of every implementation against the oracle and against values beside keys. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LatentAttentionTest {
    private static final String EXACT = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#exact";
    private static final String FAST = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#fast";
    private static final String ALL = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#all";
    /** keyDim, valueDim, query heads. */
    private static final int[][] HEADS = {{4, 2, 1}, {26, 20, 3}, {40, 32, 2}, {96, 64, 2}, {70, 66, 5}, {576, 512, 2}};

    private static final KvType[] TYPES = {KvType.F32, KvType.F16, KvType.BF16};

    private final Kernels oracle = new ScalarKernels();
    private final OracleAnswers answers = new OracleAnswers();

    private static KvFormat format(KvType type, int[] heads) {
        return new KvFormat(type, 64, 1, heads[0], heads[1], true);
    }

    private static AttentionShape shape(int[] heads) {
        return new AttentionShape(heads[2], (float) (1 / Math.sqrt(heads[0])), 0);
    }

    private static MemorySegment run(AttentionCase at, Kernels kernels, int chunk) {
        KvFormat format = at.layer.format();
        try (KernelCase inputs = new KernelCase(17)) {
            MemorySegment q = at.inputs(at.shape.heads(), format.keyDim(), inputs::normal);
            MemorySegment k = at.inputs(1, format.keyDim(), inputs::normal);
            return at.attend(kernels, q, k, k, chunk);
        }
    }

    private void compare(Kernels kernels, double budget) {
        try (kernels) {
            for (KvType type : TYPES) {
                for (int[] heads : HEADS) {
                    try (AttentionCase at = new AttentionCase(3, format(type, heads), shape(heads), 150, 33)) {
                        MemorySegment actual = run(at, kernels, 40);
                        MemorySegment expected =
                                answers.get(List.of(at.layer.format(), heads[2]), () -> run(at, oracle, 150));
                        String what = "%s %s dim %d".formatted(kernels.path(), type, heads[0]);
                        Comparison.within(actual, expected, at.positions() * heads[2] * heads[1], what, i -> budget);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(EXACT)
    void attendsWithinRounding(Kernels kernels) {
        compare(kernels, 2e-5);
    }

    @ParameterizedTest
    @MethodSource(FAST)
    void attendsWithinTheFastBudget(Kernels kernels) {
        compare(kernels, 0.03);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void givesTheSameBitsInChunksOfAnySize(Kernels kernels) {
        try (kernels) {
            for (KvType type : TYPES) {
                for (int[] heads : HEADS) {
                    try (AttentionCase at = new AttentionCase(3, format(type, heads), shape(heads), 150, 33)) {
                        MemorySegment whole = run(at, kernels, 150);
                        MemorySegment chunks = run(at, kernels, 7);
                        Comparison.sameBits(chunks, whole, "%s %s".formatted(kernels.path(), type));
                    }
                }
            }
        }
    }

    @Test
    void attendsAsIfTheEndOfEveryKeyWereItsValue() {
        int[] heads = {26, 20, 3};
        KvFormat beside = new KvFormat(KvType.BF16, 64, 1, 26, 20);
        try (AttentionCase at = new AttentionCase(3, format(KvType.BF16, heads), shape(heads), 150);
                AttentionCase other = new AttentionCase(3, beside, shape(heads), 150);
                KernelCase inputs = new KernelCase(17)) {
            MemorySegment q = at.inputs(3, 26, inputs::normal);
            MemorySegment k = at.inputs(1, 26, inputs::normal);
            MemorySegment v = at.inputs(1, 20, () -> 0);
            oracle.copy(TokenVectors.of(k, 26).slice(6, 20), null, TokenVectors.of(v, 20), 150);
            assertThat(at.layer.values().byteSize()).isZero();
            MemorySegment actual = at.attend(oracle, q, k, k, 150);
            Comparison.sameBits(actual, other.attend(oracle, q, k, v, 150), "values in keys");
        }
    }

    @Test
    void refusesCodesAndValuesThatAreNotInTheKey() {
        assertThatThrownBy(() -> new KvFormat(KvType.INT8, 32, 1, 26, 20, true)).hasMessageContaining("no scales");
        assertThatThrownBy(() -> new KvFormat(KvType.F32, 32, 1, 20, 26, true)).hasMessageContaining("valueDim=26");
        assertThatThrownBy(() -> new KvFormat(KvType.F32, 32, 1, 578, 512, true))
                .hasMessageContaining("keyDim=578");
    }

    @Test
    void copiesVectorsByRowIntoPartsOfOthers() {
        try (KernelCase data = new KernelCase(5)) {
            MemorySegment from = data.floats(0, 1, 2, 3, 4, 5);
            MemorySegment to = data.floats(9, 9, 9, 9, 9, 9, 9, 9);
            TokenVectors pairs = TokenVectors.of(from, 2);
            oracle.copy(pairs, data.ints(2, 0), TokenVectors.of(to, 4).slice(1, 2), 2);
            Comparison.sameBits(to, data.floats(9, 4, 5, 9, 9, 0, 1, 9), "pairs");
            assertThatThrownBy(() -> oracle.copy(pairs, data.ints(3), TokenVectors.of(to, 2), 1))
                    .hasMessageContaining("rows[0]=3");
            assertThatThrownBy(() -> oracle.copy(pairs, null, TokenVectors.of(to, 2), 4))
                    .hasMessageContaining("source");
        }
    }
}

package dev.foretoken.nativeruntime.kernels;

import static dev.foretoken.nativeruntime.kernels.KernelCase.array;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.nativeruntime.kernels.layout.AttentionShape;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.KvFormat;
import dev.foretoken.nativeruntime.kernels.layout.KvLayer;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.RaggedBatch;
import dev.foretoken.nativeruntime.kernels.layout.RotaryTable;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The oracle against numbers worked out by hand. */
class ScalarKernelsTest {
    private final KernelCase data = new KernelCase(1);
    private final Kernels kernels = new ScalarKernels();

    @AfterEach
    void free() {
        data.close();
    }

    @ParameterizedTest
    @EnumSource
    void multipliesByEveryRowAndAddsTheBias(FloatType type) {
        RowTable source = data.table(type, 2, 3, 1, 2, 3, -1, 0, 4);
        WeightMatrix weights = kernels.pack(source, type, data.arena);
        MemorySegment out = data.poisoned(4);
        kernels.matmul(data.floats(1, 1, 1, 2, 0, -1), 2, List.of(new Product(weights, data.floats(10, 20), out)));
        assertThat(array(out, 4)).containsExactly(16, 23, 9, 14);
    }

    @ParameterizedTest
    @EnumSource
    void packsSoThatEveryWeightIsFoundAgainAndPaddingIsZero(FloatType type) {
        RowTable source = data.table(type, 19, 7, data::normal);
        WeightMatrix weights = kernels.pack(source, type, data.arena);
        double sum = 0;
        for (int row = 0; row < 19; row++) {
            for (int column = 0; column < 7; column++) {
                assertThat(weights.at(row, column)).isEqualTo(source.at(row, column));
                sum += source.at(row, column);
            }
        }
        long elements = weights.panels().byteSize() / type.bytes();
        double packed = 0;
        for (long i = 0; i < elements; i++) {
            packed += type.load(weights.panels(), i);
        }
        assertThat(packed).isCloseTo(sum, within(1e-9));
    }

    @Test
    void roundsToNearestEvenWhenNarrowing() {
        assertThat(FloatType.roundToBf16(1 + 0x1p-8f)).isEqualTo(1);
        assertThat(FloatType.roundToBf16(1 + 3 * 0x1p-8f)).isEqualTo(1 + 0x1p-6f);
        assertThat(FloatType.roundToBf16(Float.MAX_VALUE)).isEqualTo(Float.POSITIVE_INFINITY);
        assertThat(FloatType.roundToBf16(Float.intBitsToFloat(0x7f80_0001))).isNaN();
    }

    @Test
    void gathersTheNamedRows() {
        RowTable table = data.table(FloatType.F16, 3, 2, 1, 2, 3, 4, 5, 6);
        MemorySegment out = data.poisoned(4);
        kernels.gather(table, data.ints(2, 0), 2, out);
        assertThat(array(out, 4)).containsExactly(5, 6, 1, 2);
    }

    @Test
    void normsToUnitMeanSquare() {
        MemorySegment out = data.poisoned(2);
        kernels.rmsNorm(data.floats(3, 4), data.floats(1, 2), 0, 1, 2, out);
        float root = (float) Math.sqrt(12.5);
        assertThat(array(out, 2)).containsExactly(new float[] {3 / root, 8 / root}, within(1e-6f));
    }

    @Test
    void turnsPairsHalfAHeadApartAndLeavesTheRest() {
        MemorySegment x = data.floats(1, 2, 3, 4, 9);
        RotaryTable quarterTurn = new RotaryTable(2, 2, data.floats(1, 1, 0, 0), data.floats(0, 0, 1, 1));
        kernels.rotary(x, quarterTurn, data.ints(1), 1, 1, 5);
        assertThat(array(x, 5)).containsExactly(-3, -4, 1, 2, 9);
    }

    @Test
    void gatesByTheSigmoid() {
        MemorySegment out = data.poisoned(3);
        kernels.siluMul(data.floats(0, 1, -200), data.floats(5, 2, 3), 3, out);
        assertThat(array(out, 3)).containsExactly(new float[] {0, 1.4621172f, 0}, within(1e-6f));
    }

    @ParameterizedTest
    @EnumSource
    void averagesTheVisibleValuesWhenScoresAreEqual(KvType type) {
        Offset<Float> budget = within(type == KvType.INT8 ? 1e-5f : 0);
        KvLayer layer = KvLayer.allocate(new KvFormat(type, 16, 1, 2, 2), 3, data.arena);
        RaggedBatch batch = data.batch(new int[] {20}, new int[] {0}, new int[][] {{2, 0}});
        int[] next = {0};
        MemorySegment v = data.floats(40, () -> next[0]++ / 2);
        kernels.writeKv(layer, batch, data.floats(40, () -> 1), v);
        MemorySegment out = data.poisoned(80);
        kernels.attention(layer, batch, new AttentionShape(2, 1, 0), data.floats(80, () -> 0), out);
        assertThat(array(out, 80)[4 * 19]).isCloseTo(9.5f, budget);
        assertThat(array(out, 80)[4 * 2 + 3]).isCloseTo(1, budget);
        kernels.attention(layer, batch, new AttentionShape(2, 1, 4), data.floats(80, () -> 0), out);
        assertThat(array(out, 80)[4 * 19]).isCloseTo(17.5f, budget);
    }

    /** Block 1 of two KV heads, 16 tokens, keys of 2, values of 2 in 16 lanes; position 19 is the fourth token of its block. */
    @Test
    void keepsCodesAndBehindThemAScalePerTokenAndHead() {
        KvLayer layer = KvLayer.allocate(new KvFormat(KvType.INT8, 16, 2, 2, 2), 2, data.arena);
        RaggedBatch batch = data.batch(new int[] {1}, new int[] {19}, new int[][] {{0, 1}});
        kernels.writeKv(layer, batch, data.floats(254, -127, 1, 1), data.floats(0, 0, Float.NaN, -2));
        long key = 2 * 16 * (2 + 4);
        assertThat(layer.keys().get(JAVA_BYTE, key + 3)).isEqualTo((byte) 127);
        assertThat(layer.keys().get(JAVA_BYTE, key + 16 + 3)).as("63.5 to even").isEqualTo((byte) -64);
        assertThat(layer.keys().get(JAVA_FLOAT_UNALIGNED, key + 2 * 16 + 4 * 3)).isEqualTo(2);
        long value = 2 * 16 * (16 + 4) + 16 * (16 + 4);
        assertThat(layer.values().get(JAVA_BYTE, value + 3 * 16))
                .as("not a number")
                .isZero();
        assertThat(layer.values().get(JAVA_BYTE, value + 3 * 16 + 1)).isEqualTo((byte) -127);
        assertThat(layer.values().get(JAVA_FLOAT_UNALIGNED, value + 16 * 16 + 4 * 3))
                .isEqualTo(2 / 127f);
        assertThat(layer.value(1, 0, 3, 0)).isZero();
        assertThat(layer.key(1, 0, 3, 1)).isEqualTo(-128);
    }
}

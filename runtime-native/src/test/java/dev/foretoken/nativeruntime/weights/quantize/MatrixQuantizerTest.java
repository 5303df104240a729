package dev.foretoken.nativeruntime.weights.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import dev.foretoken.nativeruntime.kernels.layout.BlockPanels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelPanels;
import dev.foretoken.nativeruntime.kernels.layout.CodedRows;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.Fp8Panels;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Quantizers: known blocks by hand, and the error of normally distributed weights, as a root mean square relative to theirs. */
final class MatrixQuantizerTest {

    private static final int ROWS = 40;
    private static final int COLUMNS = 1024;

    private final Arena arena = Arena.ofShared();

    @AfterEach
    void close() {
        arena.close();
    }

    private RowTable table(FloatType type, int columns, float... weights) {
        MemorySegment data = arena.allocate((long) weights.length * type.bytes());
        for (int i = 0; i < weights.length; i++) {
            type.store(data, i, weights[i]);
        }
        return new RowTable(type, data, weights.length / columns, columns);
    }

    private WeightMatrix packed(Weights encoding, RowTable table) {
        MatrixQuantizer quantizer = new MatrixQuantizer(encoding);
        if (encoding == Weights.FP8) {
            return Fp8Panels.pack(quantizer.fp8("w", table).orElseThrow(), arena);
        }
        return quantizer
                .channels("w", table)
                .<WeightMatrix>map(rows -> ChannelPanels.pack(rows, arena))
                .orElseGet(() -> BlockPanels.pack(quantizer.blocks("w", table).orElseThrow(), arena));
    }

    /** Budgets are a tenth above what uniform steps over the expected range of a block of normal numbers cost. */
    @ParameterizedTest
    @CsvSource({
        "Q8_0, 0.0055",
        "Q4_0, 0.093",
        "Q4_G32, 0.086",
        "Q4_G64, 0.101",
        "Q4_G128, 0.115",
        "W8A8, 0.009",
        "FP8, 0.03"
    })
    void normalWeightsLoseNoMoreThanTheirBudget(Weights encoding, double budget) {
        Random random = new Random(7);
        for (FloatType type : FloatType.values()) {
            float[] weights = new float[ROWS * COLUMNS];
            for (int i = 0; i < weights.length; i++) {
                weights[i] = (float) (0.02 * random.nextGaussian());
            }
            RowTable table = table(type, COLUMNS, weights);
            double error = relativeError(table, packed(encoding, table));
            assertThat(error).as("%s of %s", encoding, type).isBetween(budget / 2, budget);
        }
    }

    private static double relativeError(RowTable table, WeightMatrix packed) {
        double errors = 0;
        double squares = 0;
        for (int row = 0; row < table.rows(); row++) {
            for (int k = 0; k < table.columns(); k++) {
                double weight = table.at(row, k);
                errors += Math.pow(packed.at(row, k) - weight, 2);
                squares += weight * weight;
            }
        }
        return Math.sqrt(errors / squares);
    }

    @Test
    void roundsEightBitBlocksAsGgufDoes() {
        float[] weights = new float[32];
        weights[0] = -127;
        weights[1] = 2.5f;
        weights[2] = -2.5f;
        weights[3] = 0.49f;
        BlockPanels packed = (BlockPanels) packed(Weights.Q8_0, table(FloatType.F32, 32, weights));
        assertThat(packed.scale(0, 0)).isEqualTo(1);
        assertThat(packed.value(0, 0)).isEqualTo(-127);
        assertThat(packed.value(0, 1)).isEqualTo(3);
        assertThat(packed.value(0, 2)).isEqualTo(-3);
        assertThat(packed.value(0, 3)).isZero();
    }

    @Test
    void theLargestWeightOfAnFp8RowBecomesTheLargestNumber() {
        Fp8Panels packed = (Fp8Panels) packed(Weights.FP8, table(FloatType.F32, 3, 1, -896, 0.001f, 0, 0, 0));
        assertThat(packed.scale(0, 0)).isEqualTo(2);
        assertThat(packed.value(0, 0)).isEqualTo(0.5f);
        assertThat(packed.value(0, 1)).isEqualTo(-448);
        assertThat(packed.value(0, 2)).isZero();
        assertThat(packed.scale(1, 0)).isZero();
        assertThat(packed.at(1, 2)).isZero();
    }

    @Test
    void theLargestWeightOfAFourBitBlockBecomesMinusEight() {
        float[] weights = new float[32];
        weights[5] = 16;
        weights[6] = -15;
        weights[7] = -16;
        BlockPanels packed = (BlockPanels) packed(Weights.Q4_0, table(FloatType.F32, 32, weights));
        assertThat(packed.scale(0, 0)).isEqualTo(-2);
        assertThat(packed.at(0, 5)).isEqualTo(16);
        assertThat(packed.at(0, 6)).isEqualTo(-14);
        assertThat(packed.at(0, 7)).isEqualTo(-14);
        assertThat(packed.at(0, 0)).isZero();
    }

    @Test
    void aGroupsRangeIsCutIntoFifteenSteps() {
        float[] weights = new float[32];
        for (int i = 0; i < 32; i++) {
            weights[i] = 2 + i % 16;
        }
        BlockPanels packed = (BlockPanels) packed(Weights.Q4_G32, table(FloatType.F32, 32, weights));
        assertThat(packed.minimum(0, 0)).isEqualTo(2);
        assertThat(packed.scale(0, 0)).isEqualTo(1);
        for (int i = 0; i < 32; i++) {
            assertThat(packed.at(0, i)).isEqualTo(weights[i]);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "STORED")
    void blocksOfNothingStayNothing(Weights encoding) {
        WeightMatrix packed = packed(encoding, table(FloatType.F32, 128, new float[256]));
        for (int k = 0; k < 128; k++) {
            assertThat(packed.at(1, k)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "STORED")
    void tinyAndEqualWeightsStayFiniteAndNear(Weights encoding) {
        for (float size : new float[] {Float.MIN_VALUE, 1e-40f, 1e-38f, 1e-30f, 3e-8f, 1e-5f, 0.1f}) {
            float[] weights = new float[128];
            java.util.Arrays.fill(weights, size);
            weights[3] = -size / 2;
            WeightMatrix packed = packed(encoding, table(FloatType.F32, 128, weights));
            for (int k = 0; k < 128; k++) {
                assertThat(packed.at(0, k)).isCloseTo(weights[k], within(0.1f * size + 127 * 0x1p-25f));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "STORED")
    void hugeWeightsStayFinite(Weights encoding) {
        float[] weights = new float[128];
        weights[0] = Float.MAX_VALUE / 2;
        weights[1] = -Float.MAX_VALUE / 2;
        WeightMatrix packed = packed(encoding, table(FloatType.F32, 128, weights));
        for (int k = 0; k < 128; k++) {
            assertThat(packed.at(0, k)).isFinite();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "STORED")
    void refusesWeightsThatAreNoNumbers(Weights encoding) {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            float[] weights = new float[3 * 128];
            weights[2 * 128 + 70] = bad;
            RowTable table = table(FloatType.BF16, 128, weights);
            assertThatThrownBy(() -> packed(encoding, table))
                    .isInstanceOfSatisfying(
                            ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MODEL_FILE_CORRUPT))
                    .hasMessageContaining("Row 2 of tensor w holds " + bad);
        }
    }

    @Test
    void leavesAMatrixAloneWhoseWidthIsNoMultipleOfTheBlock() {
        RowTable table = table(FloatType.F32, 80, new float[160]);
        for (Weights encoding : EnumSet.of(Weights.STORED, Weights.Q8_0, Weights.Q4_0, Weights.Q4_G128)) {
            assertThat(new MatrixQuantizer(encoding).blocks("w", table)).isEmpty();
            assertThat(new MatrixQuantizer(encoding).channels("w", table)).isEmpty();
        }
        assertThat(new MatrixQuantizer(Weights.W8A8).channels("w", table)).isPresent();
    }

    @Test
    void everyCodeIsOneThatPackersMayWrite() {
        Random random = new Random(3);
        float[] weights = new float[4 * COLUMNS];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = Float.intBitsToFloat(random.nextInt());
            weights[i] = Float.isFinite(weights[i]) ? weights[i] : 0;
        }
        RowTable table = table(FloatType.F32, COLUMNS, weights);
        byte[] codes = new byte[COLUMNS];
        for (Weights encoding : EnumSet.of(Weights.Q8_0, Weights.Q4_0, Weights.Q4_G64)) {
            CodedRows rows = new MatrixQuantizer(encoding).blocks("w", table).orElseThrow();
            for (int row = 0; row < 4; row++) {
                int blocks = COLUMNS / rows.format().block();
                rows.read(row, codes, new float[blocks], new float[blocks]);
                for (byte code : codes) {
                    int unsigned = code & 0xff;
                    assertThat(unsigned)
                            .isBetween(
                                    rows.format().bits() == 8 ? 1 : 0,
                                    rows.format().bits() == 8 ? 255 : 15);
                }
            }
        }
    }
}

package dev.foretoken.nativeruntime.weights.stored;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.nativeruntime.kernels.layout.Fp8Panels;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** FP8, which is kept where its blocks allow it and rounded to BF16 once where not, and MXFP4, which is kept. */
final class SmallFloatsTest {

    /** Half a unit in the last place of BF16, and the product's rounding to fp32. */
    private static final double BF16_BUDGET = 0x1p-8 + 0x1p-24;

    private static final MatrixRef REF = new MatrixRef("m.weight", 20, 96);
    private static final double[] E2M1 = {0, 0.5, 1, 1.5, 2, 3, 4, 6};

    private final SplittableRandom random = new SplittableRandom(8);

    private static Map<String, StoredTensor> tensors(StoredTensor... tensors) {
        Map<String, StoredTensor> map = new HashMap<>();
        for (StoredTensor tensor : tensors) {
            map.put(tensor.name(), tensor);
        }
        return map;
    }

    /** Numbers as the package ml_dtypes has them. */
    @ParameterizedTest
    @CsvSource({
        "0x00, 0",
        "0x01, 0.001953125",
        "0x07, 0.013671875",
        "0x08, 0.015625",
        "0x09, 0.017578125",
        "0x38, 1",
        "0x3f, 1.875",
        "0x40, 2",
        "0x55, 13",
        "0x7e, 448",
        "0x81, -0.001953125",
        "0xb8, -1",
        "0xfe, -448"
    })
    void readsE4M3(int code, double value) {
        MatrixRef one = new MatrixRef("m.weight", 1, 1);
        StoredTensor byte1 = Tensors.u8("m.weight", StoredType.F8_E4M3, new byte[] {(byte) code}, 1L, 1L);
        Map<String, StoredTensor> tensors = tensors(byte1, Tensors.f32("m.weight_scale", new float[][] {{1}}));
        try (Arena arena = Arena.ofShared()) {
            Decoded decoded = Decoded.of(new Fp8Encoding(0, 0), one, tensors, arena);
            assertThat((double) decoded.matrix().at(0, 0)).isEqualTo(value);
        }
    }

    private StoredTensor values() {
        byte[] codes = new byte[REF.rows() * REF.columns()];
        for (int i = 0; i < codes.length; i++) {
            codes[i] = (byte) (random.nextInt(127) | random.nextInt(2) << 7);
        }
        return Tensors.u8("m.weight", StoredType.F8_E4M3, codes, 20L, 96L);
    }

    private float[][] factors(int rows, int columns) {
        float[][] factors = new float[rows][columns];
        for (float[] row : factors) {
            for (int i = 0; i < columns; i++) {
                row[i] = (float) random.nextDouble(0.001, 0.01);
            }
        }
        return factors;
    }

    /** By the bits, in another way than the reader's. */
    private static double e4m3(byte code) {
        int magnitude = code & 127;
        double value = magnitude < 8 ? magnitude / 512.0 : (1 + magnitude % 8 / 8.0) * Math.pow(2, magnitude / 8 - 7);
        return code < 0 ? -value : value;
    }

    private void requireRounded(StoredEncoding encoding, String name, float[][] factors, int down, int across) {
        StoredTensor values = values();
        Map<String, StoredTensor> tensors = tensors(values, Tensors.f32(name, factors));
        try (Arena arena = Arena.ofShared()) {
            Decoded decoded = Decoded.of(encoding, REF, tensors, arena);
            assertThat(decoded.matrix().encoding()).isEqualTo("BF16");
            for (int n = 0; n < REF.rows(); n++) {
                for (int k = 0; k < REF.columns(); k++) {
                    byte code = values.data().get(ValueLayout.JAVA_BYTE, n * 96L + k);
                    double exact = e4m3(code) * factors[n / down][k / across];
                    assertThat(Math.abs(decoded.matrix().at(n, k) - exact))
                            .as("[%d, %d]", n, k)
                            .isLessThanOrEqualTo(Math.abs(exact) * BF16_BUDGET);
                }
            }
        }
    }

    private void requireKeptBytes(StoredEncoding encoding, String name, float[][] factors, int down, int across) {
        StoredTensor values = values();
        Map<String, StoredTensor> tensors = tensors(values, Tensors.f32(name, factors));
        try (Arena arena = Arena.ofShared()) {
            Fp8Panels kept =
                    (Fp8Panels) Decoded.of(encoding, REF, tensors, arena).matrix();
            for (int n = 0; n < REF.rows(); n++) {
                for (int k = 0; k < REF.columns(); k++) {
                    byte code = values.data().get(ValueLayout.JAVA_BYTE, n * 96L + k);
                    float factor = factors[n / down][k / across];
                    assertThat(kept.code(n, k)).as("[%d, %d]", n, k).isEqualTo(code);
                    assertThat(kept.scale(n, k / kept.block())).isEqualTo(factor);
                    assertThat(kept.at(n, k)).isEqualTo((float) e4m3(code) * factor);
                }
            }
        }
    }

    @Test
    void keepsFp8PerBlockOutputAndMatrix() {
        requireKeptBytes(new Fp8Encoding(16, 32), "m.weight_scale_inv", factors(2, 3), 16, 32);
        requireKeptBytes(new Fp8Encoding(128, 128), "m.weight_scale_inv", factors(1, 1), 20, 96);
        requireKeptBytes(new Fp8Encoding(0, 0), "m.weight_scale", factors(20, 1), 1, 96);
        requireKeptBytes(new Fp8Encoding(0, 0), "m.weight_scale", factors(1, 1), 20, 96);
        CompressedTensors compressed = new CompressedTensors(List.of(), new Fp8Encoding(0, 0));
        requireKeptBytes(compressed, "m.weight_scale", factors(20, 1), 1, 96);
    }

    /** The matrix unit sums 32 inputs at once. */
    @Test
    void roundsFp8WhoseBlocksAreNoMultipleOf32Inputs() {
        requireRounded(new Fp8Encoding(16, 24), "m.weight_scale_inv", factors(2, 4), 16, 24);
    }

    @Test
    void refusesFp8WithoutFittingFactors() {
        StoredTensor values = values();
        Fp8Encoding blocks = new Fp8Encoding(16, 32);
        refuses(blocks, tensors(values), "there is no m.weight_scale_inv");
        StoredTensor few = Tensors.f32("m.weight_scale_inv", factors(2, 2));
        refuses(blocks, tensors(values, few), "has shape [2, 2], config.json asks for one factor for every block");
        refuses(new Fp8Encoding(0, 0), tensors(values, few), "one factor, or one for each of 20 outputs");
        values.data().set(ValueLayout.JAVA_BYTE, 100, (byte) 0xff);
        StoredTensor all = Tensors.f32("m.weight_scale_inv", factors(2, 3));
        refuses(blocks, tensors(values, all), "row 1 of tensor m.weight holds NaN");
        StoredTensor other = Tensors.u8("m.weight", StoredType.F8_E5M2, new byte[20 * 96], 20L, 96L);
        refuses(blocks, tensors(other, all), "elements of type F8_E5M2; supported are F8_E4M3");
    }

    private static void refuses(StoredEncoding encoding, Map<String, StoredTensor> tensors, String message) {
        try (Arena arena = Arena.ofShared()) {
            assertThatThrownBy(() -> Decoded.of(encoding, REF, tensors, arena)).hasMessageContaining(message);
        }
    }

    @Test
    void keepsMxfp4InBothNamings() {
        byte[] pairs = new byte[20 * 48];
        byte[] exponents = new byte[20 * 3];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = (byte) random.nextInt(256);
        }
        for (int i = 0; i < exponents.length; i++) {
            exponents[i] = (byte) random.nextInt(253);
        }
        requireKept(
                new Mxfp4Encoding(),
                Tensors.u8("m.weight_blocks", StoredType.U8, pairs, 20L, 3L, 16L),
                Tensors.u8("m.weight_scales", StoredType.U8, exponents, 20L, 3L));
        requireKept(
                new CompressedTensors(List.of(), new Fp8Encoding(0, 0)),
                Tensors.u8("m.weight_packed", StoredType.U8, pairs, 20L, 48L),
                Tensors.u8("m.weight_scale", StoredType.F8_E8M0, exponents, 20L, 3L));
        exponents[4] = -1;
        refuses(
                new Mxfp4Encoding(),
                tensors(
                        Tensors.u8("m.weight_blocks", StoredType.U8, pairs, 20L, 3L, 16L),
                        Tensors.u8("m.weight_scales", StoredType.U8, exponents, 20L, 3L)),
                "block 1 in row 1 of tensor m.weight_blocks has the exponent 255, must be at most 252");
    }

    private static void requireKept(StoredEncoding encoding, StoredTensor values, StoredTensor scales) {
        try (Arena arena = Arena.ofShared()) {
            Decoded decoded = Decoded.of(encoding, REF, tensors(values, scales), arena);
            for (int n = 0; n < REF.rows(); n++) {
                for (int k = 0; k < REF.columns(); k++) {
                    int pair = unsigned(values.data(), n * 48L + k / 2);
                    int code = k % 2 == 0 ? pair % 16 : pair / 16;
                    double power = Math.pow(2, unsigned(scales.data(), n * 3L + k / 32) - 127);
                    double exact = (code < 8 ? 1 : -1) * E2M1[code % 8] * power;
                    assertThat(decoded.matrix().at(n, k) + 0.0)
                            .as("[%d, %d]", n, k)
                            .isEqualTo((float) exact + 0.0);
                }
            }
        }
    }

    private static int unsigned(MemorySegment bytes, long at) {
        return Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, at));
    }
}

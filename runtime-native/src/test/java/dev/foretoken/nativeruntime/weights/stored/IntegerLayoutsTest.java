package dev.foretoken.nativeruntime.weights.stored;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.nativeruntime.kernels.ScalarKernels;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** GPTQ, AWQ and packed compressed-tensors: every weight is exactly {@code scale * (code - zero)}. */
final class IntegerLayoutsTest {

    /** Half a step of activations, of 127 to the largest one, and what fp32 sums of a few blocks add to it. */
    private static final double STEP_BUDGET = 0.5 / 127 + 1e-5;

    private static final MatrixRef REF = new MatrixRef("model.layers.0.mlp.up_proj.weight", 24, 384);

    private final SplittableRandom random = new SplittableRandom(20261121);

    private static void requireExact(IntegerMatrix matrix, StoredEncoding encoding, Map<String, StoredTensor> tensors) {
        requireExact(matrix, encoding, tensors, null);
    }

    private static void requireExact(
            IntegerMatrix matrix, StoredEncoding encoding, Map<String, StoredTensor> tensors, @Nullable String label) {
        try (Arena arena = Arena.ofShared()) {
            Decoded decoded = Decoded.of(encoding, matrix.ref(), tensors, arena);
            if (label != null) {
                assertThat(decoded.matrix().encoding()).isEqualTo(label);
            }
            for (int n = 0; n < matrix.ref().rows(); n++) {
                for (int place = 0; place < matrix.ref().columns(); place++) {
                    int input = decoded.inputAt(place);
                    assertThat((double) decoded.matrix().at(n, place))
                            .as("[%d, %d]", n, input)
                            .isEqualTo(matrix.weight(n, input) + 0.0);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "4, 32, 32",
        "4, 64, 64",
        "4, 128, 128",
        "4, 384, 128",
        "4, 48, 16",
        "4, 192, 64",
        "8, 32, 32",
        "8, 128, 128",
        "8, 384, 128"
    })
    void keepsGptqWeightsOfBothConventions(int bits, int group, int block) {
        IntegerMatrix matrix = IntegerMatrix.random(REF, bits, group, random);
        int named = group == 384 ? -1 : group;
        String label = bits + "-bit linear g" + block + " f32 min";
        requireExact(matrix, new GptqEncoding(bits, named, false), matrix.gptq(false, true), label);
        requireExact(matrix, new GptqEncoding(bits, named, true), matrix.gptq(true, false), label);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8})
    void keepsScalesAsStoredWhereZeroPointsAreTheMiddle(int bits) {
        IntegerMatrix matrix = IntegerMatrix.random(REF, bits, 128, random).centred();
        String label = bits + "-bit linear g128 ";
        requireExact(matrix, new GptqEncoding(bits, 128, true), matrix.gptq(true, true), label + "f16");
        CompressedTensors packed = compressed(bits, 128);
        requireExact(matrix, packed, matrix.compressed(false, false), label + "bf16");
        requireExact(matrix, packed, matrix.compressed(true, false), label + "bf16");
    }

    private static CompressedTensors compressed(int bits, int group) {
        return new CompressedTensors(List.of(new CompressedTensors.Packing(bits, group)), new Fp8Encoding(0, 0));
    }

    @ParameterizedTest
    @CsvSource({"4, 32", "4, 128", "8, 64", "8, 128"})
    void putsInputsInOrderOfTheirGroups(int bits, int group) {
        IntegerMatrix matrix = IntegerMatrix.random(REF, bits, group, random).shuffled(random);
        String label = bits + "-bit linear g" + group + " f32 min";
        requireExact(matrix, new GptqEncoding(bits, group, true), matrix.gptq(true, true), label);
        requireExact(matrix, compressed(bits, group), matrix.compressed(true, true), label);
    }

    @Test
    void readsGroupsThatAreNoBlocksAsFloats() {
        MatrixRef narrow = new MatrixRef(REF.tensor(), 16, 40);
        IntegerMatrix uneven = IntegerMatrix.random(narrow, 4, 24, random);
        requireExact(uneven, new GptqEncoding(4, 24, true), uneven.gptq(true, false), "F32");
        requireExact(uneven, new AwqEncoding(24), uneven.awq(), "F32");
        IntegerMatrix shuffled = IntegerMatrix.random(narrow, 4, 40, random);
        requireExact(shuffled, compressed(4, -1), shuffled.compressed(true, false), "F32");
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 64, 128, 384})
    void keepsAwqWeights(int group) {
        IntegerMatrix matrix = IntegerMatrix.random(REF, 4, group, random);
        String label = "4-bit linear g" + Math.min(group, 128) + " f32 min";
        requireExact(matrix, new AwqEncoding(group == 384 ? -1 : group), matrix.awq(), label);
    }

    @ParameterizedTest
    @CsvSource({"4, 32", "4, 128", "4, 384", "8, 128", "8, 384"})
    void keepsCompressedTensorsWithZeroPoints(int bits, int group) {
        IntegerMatrix matrix = IntegerMatrix.random(REF, bits, group, random);
        requireExact(matrix, compressed(bits, group == 384 ? -1 : group), matrix.compressed(true, false));
    }

    /** Rows of compressed-tensors need not fill words. */
    @Test
    void readsOddNumbersOfOutputs() {
        IntegerMatrix matrix = IntegerMatrix.random(new MatrixRef(REF.tensor(), 5, 32), 4, 16, random);
        requireExact(matrix, compressed(4, 16), matrix.compressed(true, false));
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    void productsStayWithinHalfAStepOfEachActivation(boolean shuffled) {
        IntegerMatrix matrix = IntegerMatrix.random(REF, 4, 64, random);
        if (shuffled) {
            matrix.shuffled(random);
        }
        try (Arena arena = Arena.ofShared();
                ScalarKernels kernels = new ScalarKernels()) {
            Decoded decoded = Decoded.of(new GptqEncoding(4, 64, true), REF, matrix.gptq(true, true), arena);
            MemorySegment x = arena.allocate(4L * 2 * REF.columns());
            for (int i = 0; i < 2 * REF.columns(); i++) {
                x.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) random.nextDouble(-1, 1));
            }
            MemorySegment ordered = arena.allocate(x.byteSize()).copyFrom(x);
            if (decoded.order() != null) {
                decoded.order().apply(x, 2, ordered);
            }
            MemorySegment out = arena.allocate(4L * 2 * REF.rows());
            kernels.matmul(ordered, 2, List.of(Product.of(decoded.matrix(), out)));
            for (int i = 0; i < 2 * REF.rows(); i++) {
                double exact = 0;
                double magnitudes = 0;
                for (int k = 0; k < REF.columns(); k++) {
                    double weight = matrix.weight(i % REF.rows(), k);
                    exact += weight * x.getAtIndex(ValueLayout.JAVA_FLOAT, (long) i / REF.rows() * REF.columns() + k);
                    magnitudes += Math.abs(weight);
                }
                double error = Math.abs(out.getAtIndex(ValueLayout.JAVA_FLOAT, i) - exact);
                assertThat(error).as("output %d", i).isLessThanOrEqualTo(STEP_BUDGET * magnitudes);
            }
        }
    }

    /** Words as the documentation of each packer shows them. */
    @Test
    void packsAsTheFormatsAreDescribed() {
        PackedInts ascending =
                new PackedInts(Tensors.i32("w", 0x7654_3210).data(), 4, PackedInts.Dimension.INPUTS, 1, 1, slots(), 0);
        byte[] read = new byte[8];
        ascending.read(0, read);
        assertThat(read).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        MatrixRef ref = new MatrixRef("w.weight", 8, 16);
        IntegerMatrix matrix = IntegerMatrix.random(ref, 4, 16, random);
        for (int n = 0; n < 8; n++) {
            matrix.codes()[n][0] = n;
        }
        assertThat(matrix.awq().get("w.qweight").data().get(ValueLayout.JAVA_INT_UNALIGNED, 0))
                .as("nibbles from the lowest: 0 2 4 6 1 3 5 7")
                .isEqualTo(0x7531_6420);
    }

    private static int[] slots() {
        return new int[] {0, 1, 2, 3, 4, 5, 6, 7};
    }

    @Test
    void refusesWhatDoesNotFitTogether() {
        IntegerMatrix matrix = IntegerMatrix.random(REF, 4, 128, random);
        GptqEncoding gptq = new GptqEncoding(4, 128, true);
        refuses(
                gptq,
                REF,
                change(matrix.gptq(true, true), ".qweight", null),
                "up_proj.qweight of shape [48, 24] is missing");
        refuses(
                new GptqEncoding(4, 64, true),
                REF,
                matrix.gptq(true, true),
                "up_proj.qzeros has shape [3, 3], config.json asks for [6, 3]");
        refuses(new GptqEncoding(8, 128, true), REF, matrix.gptq(true, true), "up_proj.qweight has shape [48, 24]");
        refuses(gptq, new MatrixRef(REF.tensor(), 20, 384), matrix.gptq(true, true), "multiples of 8");
        matrix.groupOf()[7] = 3;
        refuses(gptq, REF, matrix.gptq(true, true), "puts input 7 into group 3, groups are 0 to 2");
        matrix.groupOf()[7] = -1;
        refuses(gptq, REF, matrix.gptq(true, true), "input 7 into group -1");
        matrix.groupOf()[7] = 0;
        matrix.scales()[3][1] = Float.POSITIVE_INFINITY;
        refuses(gptq, REF, matrix.gptq(true, true), "holds the scale Infinity for output 3");
        matrix.scales()[3][1] = 1;
        refuses(new AwqEncoding(128), REF, matrix.gptq(true, true), "up_proj.qweight has shape [48, 24]");
        CompressedTensors packed = compressed(4, 128);
        refuses(
                packed,
                REF,
                change(matrix.compressed(true, false), ".weight_shape", Tensors.i64("s", 24, 383)),
                "says [24, 383]");
        refuses(
                packed,
                REF,
                change(matrix.compressed(true, false), ".weight_packed", null),
                "up_proj.weight of shape [24, 384] is missing");
        refuses(
                compressed(8, 128),
                REF,
                matrix.compressed(true, false),
                "no matrix of [24, 384] packed as config.json says");
        refuses(compressed(4, 64), REF, matrix.compressed(true, false), "up_proj.weight_scale has shape [24, 3]");
    }

    private static Map<String, StoredTensor> change(
            Map<String, StoredTensor> tensors, String suffix, @Nullable StoredTensor other) {
        Map<String, StoredTensor> changed = new TreeMap<>(tensors);
        String name = REF.tensor().replace(".weight", suffix);
        changed.remove(name);
        if (other != null) {
            changed.put(name, new StoredTensor(name, other.type(), other.shape(), other.data()));
        }
        return changed;
    }

    private static void refuses(
            StoredEncoding encoding, MatrixRef ref, Map<String, StoredTensor> tensors, String message) {
        assertThatThrownBy(() -> {
                    try (Arena arena = Arena.ofShared()) {
                        Decoded.of(encoding, ref, tensors, arena);
                    }
                })
                .hasMessageContaining(message);
    }
}

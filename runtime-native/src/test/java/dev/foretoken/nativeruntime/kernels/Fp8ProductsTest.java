package dev.foretoken.nativeruntime.kernels;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;
import dev.foretoken.nativeruntime.kernels.layout.BlockPanels;
import dev.foretoken.nativeruntime.kernels.layout.DensePanels;
import dev.foretoken.nativeruntime.kernels.layout.E4m3Rows;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.Fp8Panels;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Products with E4M3 weights of every implementation: against numbers, the oracle, and themselves in other batches. */
class Fp8ProductsTest {
    private static final int[] TOKENS = {1, 2, 5, 6, 7, 12, 13, 24, 32, 33, 65};
    /** Rows, columns, block. */
    private static final int[][] SHAPES = {
        {1, 1, 1}, {17, 15, 15}, {33, 33, 32}, {31, 130, 130}, {80, 258, 128}, {53, 384, 128}, {20, 1100, 1100}
    };

    private static final String EXACT = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#exact";
    private static final String FAST = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#fast";
    private static final String ALL = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#all";

    private final Kernels oracle = new ScalarKernels();

    /** A matrix of all 254 numbers, multiplied with the identity: each output is one weight, in every tile height. */
    @ParameterizedTest
    @MethodSource(ALL)
    void everyCodeMultipliesAsTheNumberItIs(Kernels kernels) {
        int columns = 127;
        byte[][] codes = new byte[32][columns];
        float[][] scales = new float[32][1];
        for (int row = 0; row < 32; row++) {
            scales[row][0] = row + 1;
            for (int k = 0; k < columns; k++) {
                codes[row][k] = (byte) ((k + 5 * row) % 127 | row % 2 << 7);
            }
        }
        try (kernels;
                KernelCase data = new KernelCase(1)) {
            Fp8Panels weights = Fp8Panels.pack(new RandomFp8(codes, scales, columns, columns), data.arena);
            for (int tokens : new int[] {1, 12, columns}) {
                for (int first = 0; first + tokens <= columns; first += tokens) {
                    int start = first;
                    int[] next = {0};
                    MemorySegment x = data.floats((long) tokens * columns, () -> {
                        int i = next[0]++;
                        return i / columns + start == i % columns ? 1 : 0;
                    });
                    MemorySegment out = multiply(kernels, data, x, tokens, weights);
                    for (int i = 0; i < tokens * 32; i++) {
                        double meant = E4m3Test.meant(codes[i % 32][first + i / 32] & 0xff) * scales[i % 32][0];
                        assertThat((double) out.get(JAVA_FLOAT_UNALIGNED, 4L * i) + 0.0)
                                .as("%s, %d tokens, row %d, column %d", kernels.path(), tokens, i % 32, first + i / 32)
                                .isEqualTo(meant + 0.0);
                    }
                }
            }
        }
    }

    @Test
    void theOracleSumsABlockScalesItAndAddsItUp() {
        try (KernelCase data = new KernelCase(2)) {
            Fp8Panels weights = RandomFp8.panels(data, 19, 300, 128);
            MemorySegment x = data.floats(300, data::normal);
            MemorySegment out = multiply(oracle, data, x, 1, weights);
            for (int row = 0; row < 19; row++) {
                float total = 0;
                for (int b = 0; b < 3; b++) {
                    float sum = 0;
                    for (int k = 128 * b; k < Math.min(300, 128 * b + 128); k++) {
                        double weight = E4m3Test.meant(weights.code(row, k) & 0xff);
                        sum = Math.fma(x.get(JAVA_FLOAT_UNALIGNED, 4L * k), (float) weight, sum);
                    }
                    total = Math.fma(sum, weights.scale(row, b), total);
                }
                assertThat(out.get(JAVA_FLOAT_UNALIGNED, 4L * row)).isEqualTo(total);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(EXACT)
    void exactProductsHaveTheOraclesBits(Kernels kernels) {
        try (kernels) {
            forEachShape((data, weights, tokens) -> compare(kernels, data, weights, tokens, data::normal, 0));
        }
    }

    /** Inputs that are bf16 already lose nothing: what is left is another order of the sum. */
    @ParameterizedTest
    @MethodSource(FAST)
    void fastProductsOfRoundedInputsStayWithinTheRoundingOfTheirSum(Kernels kernels) {
        try (kernels) {
            forEachShape((data, weights, tokens) ->
                    compare(kernels, data, weights, tokens, () -> FloatType.roundToBf16((float) data.normal()), 1));
        }
    }

    @ParameterizedTest
    @MethodSource(FAST)
    void fastProductsStayWithinTheRoundingOfTheirInputs(Kernels kernels) {
        try (kernels) {
            forEachShape((data, weights, tokens) ->
                    compare(kernels, data, weights, tokens, data::normal, 0x1p-9 / (2 * 0x1p-24)));
        }
    }

    /** With a scale of one the matrix is one of BF16 weights, whose products have the same bits in every implementation. */
    @ParameterizedTest
    @MethodSource(ALL)
    void withoutScalesProductsAreThoseOfBf16Weights(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(3)) {
            RandomFp8 source = RandomFp8.of(50, 259, 259, data.random);
            for (float[] scale : source.scales()) {
                scale[0] = 1;
            }
            Fp8Panels weights = Fp8Panels.pack(source, data.arena);
            int[] next = {0};
            WeightMatrix bf16 = DensePanels.pack(
                    data.table(FloatType.BF16, 50, 259, () -> weights.at(next[0] / 259, next[0]++ % 259)),
                    FloatType.BF16,
                    data.arena);
            for (int tokens : TOKENS) {
                MemorySegment x = data.floats(tokens * 259L, data::normal);
                MemorySegment actual = multiply(kernels, data, x, tokens, weights);
                MemorySegment expected = multiply(kernels, data, x, tokens, bf16);
                Comparison.same(actual, expected, tokens * 50, kernels.path() + " " + tokens);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aTokensProductIsTheSameAloneAndInEveryBatch(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(4)) {
            for (int[] shape : new int[][] {{150, 640, 128}, {150, 99, 99}, {40, 2304, 2304}}) {
                Fp8Panels weights = RandomFp8.panels(data, shape[0], shape[1], shape[2]);
                MemorySegment x = data.floats(150L * shape[1], data::normal);
                MemorySegment alone = data.poisoned(150L * shape[0]);
                for (int token = 0; token < 150; token++) {
                    MemorySegment out = alone.asSlice(4L * token * shape[0]);
                    kernels.matmul(x.asSlice(4L * token * shape[1]), 1, List.of(Product.of(weights, out)));
                }
                for (int tokens : new int[] {2, 3, 7, 12, 13, 16, 17, 31, 32, 33, 70, 150}) {
                    MemorySegment together = multiply(kernels, data, x, tokens, weights);
                    String what = "%s, %s among %d".formatted(kernels.path(), weights.encoding(), tokens);
                    Comparison.sameBits(together, alone.asSlice(0, together.byteSize()), what);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void threadsChangeNothing(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(5)) {
            Fp8Panels weights = RandomFp8.panels(data, 300, 512, 128);
            MemorySegment x = data.floats(70L * 512, data::normal);
            MemorySegment expected = multiply(kernels, data, x, 70, weights);
            Arithmetic arithmetic = kernels.path().contains("bf16dot") ? Arithmetic.FAST : Arithmetic.EXACT;
            for (int threads : new int[] {1, 3}) {
                for (Kernels other : KernelsUnderTest.withThreads(arithmetic, threads)) {
                    try (other) {
                        if (other.path().equals(kernels.path())) {
                            Comparison.sameBits(multiply(other, data, x, 70, weights), expected, other.path());
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void sharesAnInputWithEveryOtherEncoding(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(6)) {
            List<WeightMatrix> matrices = List.of(
                    RandomFp8.panels(data, 40, 128, 128),
                    DensePanels.pack(data.table(FloatType.F32, 20, 128, data::normal), FloatType.F32, data.arena),
                    BlockPanels.pack(RandomCodes.of(BlockFormat.Q8_0, 18, 128, data.random), data.arena),
                    DensePanels.pack(data.table(FloatType.BF16, 33, 128, data::normal), FloatType.BF16, data.arena),
                    RandomFp8.panels(data, 90, 128, 64));
            for (int tokens : new int[] {1, 14, 70}) {
                MemorySegment x = data.floats(tokens * 128L, data::normal);
                List<Product> products = new ArrayList<>();
                matrices.forEach(m -> products.add(Product.of(m, data.poisoned((long) tokens * m.rows()))));
                kernels.matmul(x, tokens, products);
                for (Product product : products) {
                    WeightMatrix weights = product.weights();
                    MemorySegment alone = multiply(kernels, data, x, tokens, weights);
                    Comparison.same(product.out(), alone, tokens * weights.rows(), weights.encoding());
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void gathersRows(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(7)) {
            for (int[] shape : new int[][] {{37, 19, 19}, {37, 290, 96}}) {
                Fp8Panels table = RandomFp8.panels(data, shape[0], shape[1], shape[2]);
                MemorySegment ids = data.ints(36, 0, 17, 16, 15, 0);
                MemorySegment rows = data.poisoned(6L * shape[1]);
                kernels.gather(table, ids, 6, rows);
                MemorySegment expected = data.poisoned(6L * shape[1]);
                oracle.gather(table, ids, 6, expected);
                Comparison.sameBits(rows, expected, kernels.path());
            }
        }
    }

    @Test
    void packingKeepsEveryByteAndScale() {
        try (KernelCase data = new KernelCase(8)) {
            RandomFp8 source = RandomFp8.of(21, 165, 64, data.random);
            Fp8Panels packed = Fp8Panels.pack(source, data.arena);
            for (int row = 0; row < 21; row++) {
                for (int k = 0; k < 165; k++) {
                    assertThat(packed.code(row, k)).isEqualTo(source.codes()[row][k]);
                    assertThat(packed.scale(row, k / 64)).isEqualTo(source.scales()[row][k / 64]);
                }
            }
            assertThat(packed.encoding()).isEqualTo("FP8 g64");
            assertThat(packed.bytes()).isEqualTo(32L * 168 + 32 * 3 * 4);
        }
    }

    @Test
    void refusesBlocksThatAnInstructionWouldStraddle() {
        try (KernelCase data = new KernelCase(9)) {
            E4m3Rows source = RandomFp8.of(16, 96, 48, data.random);
            assertThatThrownBy(() -> Fp8Panels.pack(source, data.arena))
                    .hasMessageContaining("block=48, must be a positive multiple of 32 below the 96 columns, or those");
        }
    }

    private interface Case {
        void run(KernelCase data, Fp8Panels weights, int tokens);
    }

    private static void forEachShape(Case test) {
        for (int[] shape : SHAPES) {
            for (int tokens : TOKENS) {
                try (KernelCase data = new KernelCase(31L * shape[0] + tokens)) {
                    test.run(data, RandomFp8.panels(data, shape[0], shape[1], shape[2]), tokens);
                }
            }
        }
    }

    /** {@code slack}: multiples of the rounding bound of the sum. */
    private void compare(
            Kernels kernels, KernelCase data, Fp8Panels weights, int tokens, DoubleSupplier values, double slack) {
        int rows = weights.rows();
        MemorySegment x = data.floats((long) tokens * weights.columns(), values);
        MemorySegment bias = data.floats(rows, data::normal);
        MemorySegment actual = data.poisoned((long) tokens * rows);
        MemorySegment expected = data.poisoned((long) tokens * rows);
        kernels.matmul(x, tokens, List.of(new Product(weights, bias, actual)));
        oracle.matmul(x, tokens, List.of(new Product(weights, bias, expected)));
        String what = "%s %s tokens=%d n=%d k=%d"
                .formatted(kernels.path(), weights.encoding(), tokens, rows, weights.columns());
        Comparison.within(actual, expected, tokens * rows, what, i -> slack * budget(x, weights, i / rows, i % rows));
    }

    private static double budget(MemorySegment x, WeightMatrix weights, int token, int row) {
        double magnitude = 2;
        for (int k = 0; k < weights.columns(); k++) {
            float input = x.get(JAVA_FLOAT_UNALIGNED, 4L * ((long) token * weights.columns() + k));
            magnitude += Math.abs((double) input * weights.at(row, k));
        }
        return Comparison.sumBudget(weights.columns() + 1, magnitude);
    }

    private static MemorySegment multiply(
            Kernels kernels, KernelCase data, MemorySegment x, int tokens, WeightMatrix weights) {
        MemorySegment out = data.poisoned((long) tokens * weights.rows());
        kernels.matmul(x, tokens, List.of(Product.of(weights, out)));
        return out;
    }
}

package dev.foretoken.nativeruntime.kernels;

import static dev.foretoken.nativeruntime.kernels.KernelCase.array;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;
import dev.foretoken.nativeruntime.kernels.layout.BlockPanels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelPanels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelRows;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Quantized products: the oracle against plain arithmetic, then every implementation against the oracle, bit by bit. */
class QuantizedProductsTest {
    private static final String FORMATS = "dev.foretoken.nativeruntime.kernels.RandomCodes#formats";
    private static final String ALL = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#all";
    /** An activation is off by at most half of its step, the largest magnitude of its block / 127; and a little for rounding that. */
    private static final double STEP_BUDGET = 0.501 / 127;

    private static final int ROWS = 37;
    private static final int[] TOKENS = {1, 2, 3, 5, 8, 13, 17};

    private final Kernels oracle = new ScalarKernels();

    /** Activations that are whole steps: 127 in each block makes the step 1, so nothing is rounded and every sum is exact. */
    @ParameterizedTest
    @MethodSource(FORMATS)
    void wholeStepsMultiplyWithoutAnyError(BlockFormat format) {
        try (KernelCase data = new KernelCase(5)) {
            RandomCodes source = RandomCodes.of(format, ROWS, 2 * format.block(), data.random);
            int[] next = {0};
            MemorySegment x = data.floats(
                    3L * source.columns(),
                    () -> next[0]++ % format.block() == 0 ? 127 : data.random.nextInt(-127, 128));
            float[] out = array(multiply(oracle, data, x, 3, BlockPanels.pack(source, data.arena)), 3 * ROWS);
            float[] inputs = array(x, 3 * source.columns());
            for (int i = 0; i < out.length; i++) {
                assertThat((double) out[i]).isEqualTo(exact(inputs, i / ROWS, source, i % ROWS));
            }
        }
    }

    private static double exact(float[] inputs, int token, RandomCodes source, int row) {
        double sum = 0;
        for (int k = 0; k < source.columns(); k++) {
            sum += inputs[token * source.columns() + k] * source.weight(row, k);
        }
        return sum;
    }

    @ParameterizedTest
    @MethodSource(FORMATS)
    void randomActivationsCostAtMostHalfAStepEach(BlockFormat format) {
        try (KernelCase data = new KernelCase(6)) {
            RandomCodes source = RandomCodes.of(format, ROWS, 3 * format.block(), data.random);
            MemorySegment x = data.floats(2L * source.columns(), data::normal);
            float[] out = array(multiply(oracle, data, x, 2, BlockPanels.pack(source, data.arena)), 2 * ROWS);
            float[] inputs = array(x, 2 * source.columns());
            for (int i = 0; i < out.length; i++) {
                double error = Math.abs(out[i] - exact(inputs, i / ROWS, source, i % ROWS));
                assertThat(error).isLessThanOrEqualTo(budget(inputs, i / ROWS, source, i % ROWS));
            }
        }
    }

    private static double budget(float[] inputs, int token, RandomCodes source, int row) {
        double budget = 0;
        int block = source.format().block();
        for (int b = 0; b < source.columns() / block; b++) {
            double largest = 0;
            double weights = 0;
            for (int k = b * block; k < (b + 1) * block; k++) {
                largest = Math.max(largest, Math.abs(inputs[token * source.columns() + k]));
                weights += Math.abs(source.weight(row, k));
            }
            budget += STEP_BUDGET * largest * weights;
        }
        return budget;
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void everyImplementationGivesTheOraclesBits(Kernels kernels) {
        try (kernels) {
            int number = 0;
            for (BlockFormat format : RandomCodes.formats()) {
                int tokens = TOKENS[number % TOKENS.length];
                try (KernelCase data = new KernelCase(number++)) {
                    compare(kernels, data, tokens, panels(data, format, 17 + number % 3, 2 * format.block()));
                }
            }
            for (int tokens : TOKENS) {
                try (KernelCase data = new KernelCase(tokens)) {
                    compare(kernels, data, tokens, panels(data, BlockFormat.Q8_0, ROWS, 96));
                    compare(kernels, data, tokens, panels(data, BlockFormat.Q4_0, ROWS, 96));
                    compare(kernels, data, tokens, panels(data, BlockFormat.grouped4(32), ROWS, 96));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void everyImplementationGivesTheOraclesBitsPerChannel(Kernels kernels) {
        try (kernels) {
            for (int tokens : new int[] {1, 2, 5, 17}) {
                for (int columns : new int[] {1, 3, 4, 17, 64, 255}) {
                    try (KernelCase data = new KernelCase(tokens)) {
                        compare(kernels, data, tokens, channels(data, ROWS, columns));
                    }
                }
            }
        }
    }

    /** Scales as they come out of quantizers, not powers of two. */
    private static WeightMatrix panels(KernelCase data, BlockFormat format, int rows, int columns) {
        RandomCodes source = RandomCodes.of(format, rows, columns, data.random);
        for (int row = 0; row < rows; row++) {
            for (int b = 0; b < columns / format.block(); b++) {
                source.scales()[row][b] *= (float) data.normal();
                source.minimums()[row][b] *= (float) data.normal();
            }
        }
        return BlockPanels.pack(source, data.arena);
    }

    static WeightMatrix channels(KernelCase data, int rows, int columns) {
        return ChannelPanels.pack(
                new ChannelRows() {
                    private final RandomCodes codes =
                            RandomCodes.of(BlockFormat.Q8_0, rows, Math.ceilDiv(columns, 32) * 32, data.random);

                    @Override
                    public int rows() {
                        return rows;
                    }

                    @Override
                    public int columns() {
                        return columns;
                    }

                    @Override
                    public float read(int row, byte[] into) {
                        System.arraycopy(codes.codes()[row], 0, into, 0, columns);
                        return codes.scales()[row][0] * (1 + row * 0.01f);
                    }
                },
                data.arena);
    }

    private void compare(Kernels kernels, KernelCase data, int tokens, WeightMatrix weights) {
        MemorySegment x = data.floats((long) tokens * weights.columns(), data::normal);
        spoil(x, weights.columns());
        int count = tokens * weights.rows();
        float[] expected = array(multiply(oracle, data, x, tokens, weights), count);
        float[] actual = array(multiply(kernels, data, x, tokens, weights), count);
        for (int i = 0; i < count; i++) {
            if (Float.floatToIntBits(actual[i]) != Float.floatToIntBits(expected[i])) {
                assertThat(actual[i])
                        .as("%s %s tokens=%d element %d", kernels.path(), weights.encoding(), tokens, i)
                        .isEqualTo(expected[i]);
            }
        }
    }

    /** What no activation should be and some are: NaN, infinities, denormals, and blocks of nothing. */
    private static void spoil(MemorySegment x, int columns) {
        long count = x.byteSize() / 4;
        float[] odd = {Float.NaN, Float.POSITIVE_INFINITY, Float.MIN_VALUE, 1e-37f, -0f, Float.NEGATIVE_INFINITY};
        for (int token = 1; token < Math.min(7, count / columns); token++) {
            for (int k = 0; k < Math.min(columns, 64); k++) {
                boolean all = odd[token - 1] == Float.MIN_VALUE || odd[token - 1] == 1e-37f || odd[token - 1] == 0;
                if (all || k == 7) {
                    x.setAtIndex(
                            JAVA_FLOAT_UNALIGNED,
                            (long) token * columns + k,
                            k % 2 == 0 ? odd[token - 1] : -odd[token - 1]);
                }
            }
        }
    }

    private static MemorySegment multiply(
            Kernels kernels, KernelCase data, MemorySegment x, int tokens, WeightMatrix weights) {
        MemorySegment out = data.poisoned((long) tokens * weights.rows());
        kernels.matmul(x, tokens, List.of(Product.of(weights, out)));
        return out;
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void aBiasIsAddedLast(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(12)) {
            for (WeightMatrix weights : List.of(panels(data, BlockFormat.Q4_0, ROWS, 64), channels(data, ROWS, 64))) {
                MemorySegment x = data.floats(3L * 64, data::normal);
                MemorySegment out = data.poisoned(3L * ROWS);
                MemorySegment bias = data.floats(ROWS, data::normal);
                kernels.matmul(x, 3, List.of(new Product(weights, bias, out)));
                float[] plain = array(multiply(oracle, data, x, 3, weights), 3 * ROWS);
                float[] biased = array(out, 3 * ROWS);
                float[] added = array(bias, ROWS);
                for (int i = 0; i < plain.length; i++) {
                    assertThat(biased[i]).isEqualTo(plain[i] + added[i % ROWS]);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void whatATokenGetsDoesNotDependOnItsNeighbours(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(8)) {
            int tokens = 19;
            for (BlockFormat format : List.of(BlockFormat.Q8_0, BlockFormat.Q4_0, BlockFormat.grouped4(128))) {
                int columns = 256;
                WeightMatrix weights = panels(data, format, ROWS, columns);
                MemorySegment x = data.floats((long) tokens * columns, data::normal);
                float[] together = array(multiply(kernels, data, x, tokens, weights), tokens * ROWS);
                for (int token = 0; token < tokens; token++) {
                    float[] alone = array(
                            multiply(kernels, data, x.asSlice(4L * token * columns, 4L * columns), 1, weights), ROWS);
                    for (int row = 0; row < ROWS; row++) {
                        assertThat(alone[row]).isEqualTo(together[token * ROWS + row]);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void productsOfDifferentEncodingsShareOneInput(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(9)) {
            int columns = 128;
            int tokens = 9;
            List<WeightMatrix> matrices = List.of(
                    panels(data, BlockFormat.Q8_0, 20, columns),
                    channels(data, 40, columns),
                    panels(data, BlockFormat.grouped4(64), 16, columns),
                    panels(data, BlockFormat.Q4_0, 33, columns));
            MemorySegment x = data.floats((long) tokens * columns, data::normal);
            List<Product> products = new ArrayList<>();
            matrices.forEach(m -> products.add(Product.of(m, data.poisoned((long) tokens * m.rows()))));
            kernels.matmul(x, tokens, products);
            for (Product product : products) {
                int count = tokens * product.weights().rows();
                MemorySegment expected = multiply(oracle, data, x, tokens, product.weights());
                Comparison.same(
                        product.out(), expected, count, product.weights().encoding());
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void gathersRowsOfQuantizedMatrices(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(10)) {
            List<WeightMatrix> tables = new ArrayList<>();
            RandomCodes.formats().forEach(format -> tables.add(panels(data, format, ROWS, 2 * format.block())));
            tables.add(channels(data, ROWS, 31));
            for (WeightMatrix table : tables) {
                MemorySegment ids = data.ints(36, 0, 17, 16, 15, 0);
                MemorySegment rows = data.poisoned(6L * table.columns());
                kernels.gather(table, ids, 6, rows);
                MemorySegment expected = data.poisoned(6L * table.columns());
                oracle.gather(table, ids, 6, expected);
                Comparison.sameBits(rows, expected, table.encoding());
            }
        }
    }
}

package dev.foretoken.nativeruntime.kernels;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.foretoken.nativeruntime.kernels.layout.DensePanels;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Products, packing and gathering of every implementation against the oracle. */
class ProductsTest {
    private static final int[] TOKENS = {1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 24, 25, 37};
    private static final int[][] SHAPES = {
        {1, 1},
        {1, 17},
        {15, 2},
        {16, 3},
        {17, 15},
        {31, 16},
        {32, 31},
        {33, 33},
        {64, 64},
        {80, 7},
        {100, 130},
        {143, 257}
    };
    private static final String EXACT = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#exact";
    private static final String FAST = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#fast";
    private static final String ALL = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#all";

    private final Kernels oracle = new ScalarKernels();

    @ParameterizedTest
    @MethodSource(ALL)
    void smallIntegersMultiplyWithoutAnyError(Kernels kernels) {
        try (kernels) {
            forEachShape((data, shape, tokens) -> {
                for (FloatType type : FloatType.values()) {
                    compare(kernels, data, type, shape, tokens, data::smallInteger, 0);
                }
            });
        }
    }

    @ParameterizedTest
    @MethodSource(EXACT)
    void randomProductsStayWithinTheRoundingOfTheirSum(Kernels kernels) {
        try (kernels) {
            forEachShape((data, shape, tokens) -> {
                for (FloatType type : FloatType.values()) {
                    compare(kernels, data, type, shape, tokens, data::normal, 1);
                }
            });
        }
    }

    /** Inputs that are bf16 already lose nothing in the fast mode, so the bound of the exact one holds. */
    @ParameterizedTest
    @MethodSource(FAST)
    void fastProductsOfRoundedInputsStayWithinTheRoundingOfTheirSum(Kernels kernels) {
        try (kernels) {
            forEachShape((data, shape, tokens) -> {
                DoubleSupplier rounded = () -> FloatType.roundToBf16((float) data.normal());
                compare(kernels, data, FloatType.BF16, shape, tokens, rounded, 1);
            });
        }
    }

    /** The fast mode's budget: each input is off by at most 2^-9 of itself. */
    @ParameterizedTest
    @MethodSource(FAST)
    void fastProductsStayWithinTheRoundingOfTheirInputs(Kernels kernels) {
        try (kernels) {
            forEachShape((data, shape, tokens) ->
                    compare(kernels, data, FloatType.BF16, shape, tokens, data::normal, 0x1p-9 / (2 * 0x1p-24)));
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void productsOfDifferentTypesAndWidthsShareOneInput(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(3)) {
            int columns = 35;
            int tokens = 14;
            MemorySegment x = data.floats(tokens * columns, data::smallInteger);
            List<Product> products = new ArrayList<>();
            List<Product> expected = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                FloatType type = FloatType.values()[i % 3];
                int rows = 1 + 19 * i;
                WeightMatrix weights =
                        DensePanels.pack(data.table(type, rows, columns, data::smallInteger), type, data.arena);
                MemorySegment bias = i % 2 == 0 ? null : data.floats(rows, data::smallInteger);
                products.add(new Product(weights, bias, data.poisoned(tokens * rows)));
                expected.add(new Product(weights, bias, data.poisoned(tokens * rows)));
            }
            kernels.matmul(x, tokens, products);
            oracle.matmul(x, tokens, expected);
            for (int i = 0; i < products.size(); i++) {
                int count = tokens * products.get(i).weights().rows();
                Comparison.same(products.get(i).out(), expected.get(i).out(), count, "product " + i);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void packsEveryTypeIntoEveryTypeLikeTheOracle(Kernels kernels) {
        try (kernels) {
            for (int[] shape : SHAPES) {
                for (FloatType from : FloatType.values()) {
                    for (FloatType to : FloatType.values()) {
                        try (KernelCase data = new KernelCase(7)) {
                            RowTable source = data.table(from, shape[0], shape[1], () -> extreme(data));
                            WeightMatrix actual = kernels.pack(source, to, data.arena);
                            WeightMatrix expected = oracle.pack(source, to, data.arena);
                            Comparison.sameBits(actual.panels(), expected.panels(), from + " to " + to);
                        }
                    }
                }
            }
        }
    }

    /** Everything that rounding can meet: normal, tiny, subnormal, huge, infinite. */
    private static double extreme(KernelCase data) {
        double value = data.normal() * Math.scalb(1.0, data.random.nextInt(-150, 128));
        return data.random.nextInt(50) == 0 ? Double.POSITIVE_INFINITY : value;
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void gathersRowsOfTablesAndOfPackedMatrices(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(5)) {
            for (FloatType type : FloatType.values()) {
                RowTable table = data.table(type, 37, 19, data::normal);
                MemorySegment ids = data.ints(36, 0, 17, 16, 15, 0);
                MemorySegment expected = data.poisoned(6 * 19);
                oracle.gather(table, ids, 6, expected);
                MemorySegment rows = data.poisoned(6 * 19);
                kernels.gather(table, ids, 6, rows);
                Comparison.sameBits(rows, expected, type + " rows");
                MemorySegment panels = data.poisoned(6 * 19);
                kernels.gather(DensePanels.pack(table, type, data.arena), ids, 6, panels);
                Comparison.sameBits(panels, expected, type + " panels");
            }
        }
    }

    private interface Case {
        void run(KernelCase data, int[] shape, int tokens);
    }

    private static void forEachShape(Case test) {
        for (int[] shape : SHAPES) {
            for (int tokens : TOKENS) {
                try (KernelCase data = new KernelCase(31L * shape[0] + tokens)) {
                    test.run(data, shape, tokens);
                }
            }
        }
    }

    /** {@code slack}: multiples of the rounding bound of the sum. */
    private void compare(
            Kernels kernels,
            KernelCase data,
            FloatType type,
            int[] shape,
            int tokens,
            DoubleSupplier values,
            double slack) {
        WeightMatrix weights = DensePanels.pack(data.table(type, shape[0], shape[1], values), type, data.arena);
        MemorySegment x = data.floats((long) tokens * shape[1], values);
        MemorySegment bias = data.floats(shape[0], values);
        MemorySegment actual = data.poisoned((long) tokens * shape[0]);
        MemorySegment expected = data.poisoned((long) tokens * shape[0]);
        kernels.matmul(x, tokens, List.of(new Product(weights, bias, actual)));
        oracle.matmul(x, tokens, List.of(new Product(weights, bias, expected)));
        String what = "%s %s tokens=%d n=%d k=%d".formatted(kernels.path(), type, tokens, shape[0], shape[1]);
        Comparison.within(
                actual, expected, tokens * shape[0], what, i -> slack * budget(x, weights, i / shape[0], i % shape[0]));
    }

    private static double budget(MemorySegment x, WeightMatrix weights, int token, int row) {
        double magnitude = 0;
        for (int k = 0; k < weights.columns(); k++) {
            float input = x.get(JAVA_FLOAT_UNALIGNED, 4L * ((long) token * weights.columns() + k));
            magnitude += Math.abs((double) input * weights.at(row, k));
        }
        return Comparison.sumBudget(weights.columns() + 1, magnitude + 4);
    }
}

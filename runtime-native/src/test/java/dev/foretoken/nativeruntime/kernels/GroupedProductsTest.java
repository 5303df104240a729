package dev.foretoken.nativeruntime.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.nativeruntime.kernels.layout.BlockFormat;
import dev.foretoken.nativeruntime.kernels.layout.BlockPanels;
import dev.foretoken.nativeruntime.kernels.layout.DensePanels;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.GroupedProduct;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.RowGroups;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Products of grouped rows: each row gets the bits that it gets alone, whatever groups it comes in. */
class GroupedProductsTest {
    private static final String ALL = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#all";
    private static final String EXACT = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#exact";
    private static final int TOKENS = 41;
    private static final int COLUMNS = 128;
    private static final int ROWS = 37;
    /** Rows of each group: none, one, around the heights of tiles, many. */
    private static final int[] COUNTS = {1, 0, 17, 5, 33, 0, 2, 16};

    private final Kernels oracle = new ScalarKernels();

    /** Matrices of each group by encoding, one per member. */
    private static List<List<WeightMatrix>> experts(KernelCase data, int rows) {
        List<List<WeightMatrix>> all = new ArrayList<>();
        for (FloatType type : FloatType.values()) {
            all.add(members(
                    () -> DensePanels.pack(data.table(FloatType.F32, rows, COLUMNS, data::normal), type, data.arena)));
        }
        for (BlockFormat format : List.of(BlockFormat.Q8_0, BlockFormat.Q4_0, BlockFormat.grouped4(64))) {
            all.add(members(() -> BlockPanels.pack(RandomCodes.of(format, rows, COLUMNS, data.random), data.arena)));
        }
        all.add(members(() -> channels(data, rows)));
        all.add(members(() -> RandomFp8.panels(data, rows, COLUMNS, COLUMNS)));
        all.add(members(() -> RandomFp8.panels(data, rows, COLUMNS, 32)));
        return all;
    }

    private static WeightMatrix channels(KernelCase data, int rows) {
        return QuantizedProductsTest.channels(data, rows, COLUMNS);
    }

    private static List<WeightMatrix> members(Supplier<WeightMatrix> matrix) {
        List<WeightMatrix> made = new ArrayList<>();
        for (int i = 0; i < COUNTS.length; i++) {
            made.add(matrix.get());
        }
        return made;
    }

    private static RowGroups groups(KernelCase data) {
        RowGroups groups = new RowGroups(COUNTS.length, 100, data.arena);
        for (int member = 0; member < COUNTS.length; member++) {
            int first = groups.open(member, COUNTS[member]);
            for (int i = 0; i < COUNTS[member]; i++) {
                groups.set(first + i, data.random.nextInt(TOKENS));
            }
        }
        return groups;
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void everyRowGetsWhatItGetsAlone(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(21)) {
            MemorySegment x = data.floats((long) TOKENS * COLUMNS, data::normal);
            for (List<WeightMatrix> weights : experts(data, ROWS)) {
                RowGroups groups = groups(data);
                GroupedProduct product = product(data, weights, groups, data.random.nextBoolean());
                kernels.matmulGroups(x, groups.sources(), groups, List.of(product));
                assertRows(kernels, data, x, groups.sources(), groups, product);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(EXACT)
    void everyImplementationGivesTheOraclesBits(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(22)) {
            MemorySegment x = data.floats(100L * COLUMNS, data::normal);
            for (List<WeightMatrix> weights : experts(data, 16)) {
                RowGroups groups = groups(data);
                GroupedProduct product = product(data, weights, groups, true);
                kernels.matmulGroups(x, null, groups, List.of(product));
                assertRows(oracle, data, x, null, groups, product);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void productsOfDifferentEncodingsShareTheGroups(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(23)) {
            MemorySegment x = data.floats((long) TOKENS * COLUMNS, data::normal);
            RowGroups groups = groups(data);
            List<GroupedProduct> products = experts(data, 20).stream()
                    .map(weights -> product(data, weights, groups, false))
                    .toList();
            kernels.matmulGroups(x, groups.sources(), groups, products);
            for (GroupedProduct product : products) {
                assertRows(kernels, data, x, groups.sources(), groups, product);
            }
        }
    }

    private static GroupedProduct product(
            KernelCase data, List<WeightMatrix> weights, RowGroups groups, boolean biased) {
        int rows = weights.getFirst().rows();
        List<MemorySegment> biases = new ArrayList<>();
        for (int i = 0; i < weights.size() && biased; i++) {
            biases.add(data.floats(rows, data::normal));
        }
        return new GroupedProduct(weights, biases, data.poisoned((long) groups.rows() * rows));
    }

    private static void assertRows(
            Kernels kernels,
            KernelCase data,
            MemorySegment x,
            @Nullable MemorySegment sources,
            RowGroups groups,
            GroupedProduct product) {
        long outBytes = 4L * product.outputs();
        for (int group = 0; group < groups.groups(); group++) {
            int member = groups.member(group);
            for (int row = groups.first(group); row < groups.first(group) + groups.count(group); row++) {
                int source = sources == null ? row : groups.source(row);
                MemorySegment alone = data.poisoned(product.outputs());
                kernels.matmul(
                        x.asSlice(4L * source * COLUMNS, 4L * COLUMNS),
                        1,
                        List.of(new Product(product.weights().get(member), product.bias(member), alone)));
                Comparison.sameBits(
                        product.out().asSlice(row * outBytes, outBytes),
                        alone,
                        "%s %s row %d"
                                .formatted(
                                        kernels.path(),
                                        product.weights().getFirst().encoding(),
                                        row));
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void combinesRowsInTheOrderTheyAreNamed(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(24)) {
            for (int width : new int[] {1, 15, 16, 33, 200}) {
                MemorySegment x = data.floats(30L * width, data::normal);
                MemorySegment weights = data.floats(5 * 3, data::normal);
                MemorySegment rows = data.ints(0, 29, 3, 3, 3, 1, 28, 0, 7, 9, 11, 2, 5, 4, 0);
                MemorySegment out = data.poisoned(5L * width);
                MemorySegment expected = data.poisoned(5L * width);
                kernels.combine(x, rows, weights, 5, 3, width, out);
                oracle.combine(x, rows, weights, 5, 3, width, expected);
                Comparison.sameBits(out, expected, kernels.path() + " width " + width);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void refusesRowsAndMatricesThatAreNotThere(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(25)) {
            MemorySegment x = data.floats((long) TOKENS * COLUMNS, data::normal);
            RowGroups groups = new RowGroups(1, 1, data.arena);
            GroupedProduct product = new GroupedProduct(
                    List.of(DensePanels.pack(
                            data.table(FloatType.F32, 4, COLUMNS, data::normal), FloatType.F32, data.arena)),
                    List.of(),
                    data.poisoned(4));
            groups.set(groups.open(0, 1), TOKENS);
            assertThatThrownBy(() -> kernels.matmulGroups(x, groups.sources(), groups, List.of(product)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("sources[0]=41");
            groups.clear();
            groups.set(groups.open(1, 1), 0);
            assertThatThrownBy(() -> kernels.matmulGroups(x, groups.sources(), groups, List.of(product)))
                    .hasMessageContaining("matrix 1 of 1");
            assertThat(groups.count(0)).isEqualTo(1);
        }
    }
}

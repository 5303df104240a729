package dev.foretoken.nativeruntime.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.nativeruntime.kernels.layout.DensePanels;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.LowRankPair;
import dev.foretoken.nativeruntime.kernels.layout.LowRankProduct;
import dev.foretoken.nativeruntime.kernels.layout.RowGroups;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Low-rank additions of grouped rows: each row gets the bits that it gets alone, rows of nobody keep theirs. */
class LowRankProductsTest {
    private static final String ALL = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#all";
    private static final String EXACT = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#exact";
    private static final int TOKENS = 90;
    private static final int COLUMNS = 70;
    private static final int[] OUTPUTS = {37, 16, 1};
    private static final int[] RANKS = {16, 3, 40, 8};
    /** Rows of each member: around the heights of tiles. */
    private static final int[] COUNTS = {33, 1, 5, 18};

    /** Products with pairs of several ranks; the second shares {@code down} with the first, the third has none for member 2. */
    private static List<LowRankProduct> products(KernelCase data, FloatType type) {
        List<LowRankProduct> products = new ArrayList<>();
        for (int outputs : OUTPUTS) {
            MemorySegment out = data.floats((long) TOKENS * outputs, data::normal);
            products.add(new LowRankProduct(COLUMNS, outputs, out, RANKS.length));
        }
        for (int member = 0; member < RANKS.length; member++) {
            DensePanels down = panels(data, type, RANKS[member], COLUMNS);
            for (int i = 0; i < OUTPUTS.length; i++) {
                DensePanels own = i == 2 ? panels(data, type, RANKS[member], COLUMNS) : down;
                LowRankPair pair =
                        new LowRankPair(own, panels(data, type, OUTPUTS[i], RANKS[member]), 0.3f * (member + 1));
                products.get(i).put(member, i == 2 && member == 2 ? null : pair);
            }
        }
        return products;
    }

    private static DensePanels panels(KernelCase data, FloatType type, int rows, int columns) {
        return DensePanels.pack(data.table(FloatType.F32, rows, columns, data::normal), type, data.arena);
    }

    private static RowGroups groups(KernelCase data) {
        RowGroups groups = new RowGroups(COUNTS.length, TOKENS, data.arena);
        int token = 0;
        for (int member = 0; member < COUNTS.length; member++) {
            int first = groups.open(member, COUNTS[member]);
            for (int i = 0; i < COUNTS[member]; i++) {
                groups.set(first + i, token++ * 7 % TOKENS);
            }
        }
        return groups;
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void everyRowGetsWhatItGetsAlone(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(51)) {
            for (FloatType type : List.of(FloatType.F32, FloatType.BF16)) {
                check(kernels, kernels, data, type);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(EXACT)
    void everyImplementationGivesTheOraclesBits(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(52)) {
            for (FloatType type : List.of(FloatType.F32, FloatType.BF16)) {
                check(kernels, new ScalarKernels(), data, type);
            }
        }
    }

    /** All groups by {@code kernels} against row by row by {@code other}. */
    private static void check(Kernels kernels, Kernels other, KernelCase data, FloatType type) {
        MemorySegment x = data.floats((long) TOKENS * COLUMNS, data::normal);
        MemorySegment low = data.poisoned(3L * TOKENS * 40);
        RowGroups groups = groups(data);
        List<LowRankProduct> products = products(data, type);
        List<LowRankProduct> alone = new ArrayList<>();
        for (LowRankProduct product : products) {
            MemorySegment copy = data.poisoned((long) TOKENS * product.outputs());
            copy.copyFrom(product.out());
            LowRankProduct same = new LowRankProduct(COLUMNS, product.outputs(), copy, RANKS.length);
            for (int member = 0; member < RANKS.length; member++) {
                same.put(member, product.pair(member));
            }
            alone.add(same);
        }
        kernels.addLowRank(x, groups, products, low);
        RowGroups one = new RowGroups(1, 1, data.arena);
        for (int group = 0; group < groups.groups(); group++) {
            for (int i = 0; i < groups.count(group); i++) {
                one.clear();
                one.open(groups.member(group), 1);
                one.set(0, groups.source(groups.first(group) + i));
                other.addLowRank(x, one, alone, low);
            }
        }
        for (int i = 0; i < products.size(); i++) {
            Comparison.sameBits(products.get(i).out(), alone.get(i).out(), kernels.path() + " " + type + " " + i);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = FloatType.class,
            names = {"F32", "BF16"})
    void theOracleAddsTheScaledProductOfBothMatrices(FloatType type) {
        try (Kernels kernels = new ScalarKernels();
                KernelCase data = new KernelCase(53)) {
            MemorySegment x = data.floats((long) TOKENS * COLUMNS, data::normal);
            LowRankProduct product = products(data, type).getFirst();
            float[] before = product.out().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
            RowGroups groups = groups(data);
            kernels.addLowRank(x, groups, List.of(product), data.poisoned(100L * 40));
            float[] after = product.out().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
            int[] members = new int[TOKENS];
            java.util.Arrays.fill(members, -1);
            for (int group = 0; group < groups.groups(); group++) {
                for (int i = 0; i < groups.count(group); i++) {
                    members[groups.source(groups.first(group) + i)] = groups.member(group);
                }
            }
            for (int i = 0; i < after.length; i++) {
                int member = members[i / product.outputs()];
                double added =
                        member < 0 ? 0 : added(x, product.pair(member), i / product.outputs(), i % product.outputs());
                assertThat((double) after[i] - before[i]).isCloseTo(added, org.assertj.core.data.Offset.offset(1e-3));
            }
        }
    }

    private static double added(MemorySegment x, LowRankPair pair, int token, int output) {
        double sum = 0;
        for (int k = 0; k < pair.rank(); k++) {
            double low = 0;
            for (int i = 0; i < COLUMNS; i++) {
                low += (double) pair.down().at(k, i)
                        * x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * ((long) token * COLUMNS + i));
            }
            sum += pair.up().at(output, k) * low;
        }
        return pair.scale() * sum;
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void refusesRowsPastTheOutputAndTooLittleRoom(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(54)) {
            MemorySegment x = data.floats((long) TOKENS * COLUMNS, data::normal);
            List<LowRankProduct> products = products(data, FloatType.F32);
            RowGroups groups = groups(data);
            MemorySegment tight = data.poisoned(100);
            assertThatThrownBy(() -> kernels.addLowRank(x, groups, products, tight))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("low has 400 bytes");
            LowRankProduct small = new LowRankProduct(COLUMNS, 37, data.poisoned(37L * 20), RANKS.length);
            assertThatThrownBy(() -> kernels.addLowRank(x, groups, List.of(small), data.poisoned(10000)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("out has");
        }
    }
}

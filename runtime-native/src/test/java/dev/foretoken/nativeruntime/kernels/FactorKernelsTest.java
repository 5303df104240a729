package dev.foretoken.nativeruntime.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.nativeruntime.kernels.layout.DensePanels;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.kernels.layout.Product;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.kernels.layout.SparseRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sparse factors and affine norms of every implementation, bit for bit. */
class FactorKernelsTest {
    private static final String ALL = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#all";

    private final Kernels oracle = new ScalarKernels();

    private static SparseRows sparse(KernelCase data, int rows, int terms, int width, Arena arena) {
        Random random = new Random(rows * 31L + terms);
        MemorySegment places = arena.allocate(4L * rows * terms, 64);
        for (int i = 0; i < rows * terms; i++) {
            places.setAtIndex(ValueLayout.JAVA_INT, i, random.nextInt(width));
        }
        RowTable values = new RowTable(FloatType.F32, data.floats((long) rows * terms, data::normal), rows, terms);
        return SparseRows.pack(values, places, width, arena);
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void gathersTermsWithoutAnyErrorForEveryNumberOfTokens(Kernels kernels) {
        try (kernels;
                Arena arena = Arena.ofShared()) {
            for (int rows : new int[] {1, 15, 16, 17, 65, 300}) {
                for (int terms : new int[] {1, 3, 32}) {
                    for (int tokens : new int[] {1, 2, 15, 16, 17, 33}) {
                        requireExact(kernels, rows, terms, tokens, arena);
                    }
                }
            }
        }
    }

    private void requireExact(Kernels kernels, int rows, int terms, int tokens, Arena arena) {
        int width = 5 + rows;
        try (KernelCase data = new KernelCase(rows)) {
            SparseRows weights = sparse(data, rows, terms, width, arena);
            MemorySegment x = data.floats((long) tokens * width, data::normal);
            MemorySegment bias = tokens % 2 == 0 ? null : data.floats(rows, data::normal);
            MemorySegment expected = data.poisoned((long) tokens * rows);
            MemorySegment actual = data.poisoned((long) tokens * rows);
            oracle.factors().gatherTerms(weights, x, tokens, bias, expected);
            kernels.factors().gatherTerms(weights, x, tokens, bias, actual);
            Comparison.sameBits(actual, expected, "%d rows, %d terms, %d tokens".formatted(rows, terms, tokens));
        }
    }

    @Test
    void gathersWhatTheDefinitionSays() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment places = arena.allocateFrom(ValueLayout.JAVA_INT, 2, 0, 1, 1);
            MemorySegment values = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 3, 5, 7, 11);
            SparseRows weights = SparseRows.pack(new RowTable(FloatType.F32, values, 2, 2), places, 3, arena);
            MemorySegment x = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, 10, 100);
            MemorySegment bias = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 0.5f, 0.25f);
            MemorySegment out = arena.allocate(8, 64);
            oracle.factors().gatherTerms(weights, x, 1, bias, out);
            assertThat(out.toArray(ValueLayout.JAVA_FLOAT)).containsExactly(305.5f, 180.25f);
        }
    }

    @Test
    void refusesPlacesOutsideOfTheBasis() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment places = arena.allocateFrom(ValueLayout.JAVA_INT, 0, 3);
            RowTable values = new RowTable(FloatType.F32, arena.allocate(8, 4), 1, 2);
            assertThatThrownBy(() -> SparseRows.pack(values, places, 3, arena))
                    .hasMessageContaining("place 1 of row 0 is 3, must be in [0, 3)");
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void scalesAndShiftsWithoutAnyError(Kernels kernels) {
        try (kernels) {
            for (int width : new int[] {1, 15, 16, 17, 257, 2048}) {
                try (KernelCase data = new KernelCase(width)) {
                    int rows = 3;
                    MemorySegment x = data.floats((long) rows * width, data::normal);
                    MemorySegment weight = data.floats(width, data::normal);
                    MemorySegment bias = data.floats(width, data::normal);
                    MemorySegment expected = data.poisoned((long) rows * width);
                    oracle.factors().affine(x, weight, bias, rows, width, expected);
                    kernels.factors().affine(x, weight, bias, rows, width, x);
                    Comparison.sameBits(x, expected, "width " + width);
                }
            }
        }
    }

    /** Parts of one matrix that write beside one another give what the matrix gives. */
    @ParameterizedTest
    @MethodSource(ALL)
    void joinsOutputsOfSeveralProducts(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(7)) {
            int columns = 48;
            RowTable table = data.table(FloatType.BF16, 100, columns, data::normal);
            DensePanels whole = DensePanels.pack(table, FloatType.BF16, data.arena);
            for (int tokens : new int[] {1, 3, 40}) {
                MemorySegment x = data.floats((long) tokens * columns, data::normal);
                MemorySegment expected = data.poisoned(tokens * 100L);
                MemorySegment actual = data.poisoned(tokens * 100L);
                kernels.matmul(x, tokens, List.of(Product.of(whole, expected)));
                kernels.matmul(
                        x,
                        tokens,
                        List.of(
                                part(table, 0, 32, actual, data),
                                part(table, 32, 7, actual, data),
                                part(table, 39, 61, actual, data)));
                Comparison.sameBits(actual, expected, tokens + " tokens");
            }
        }
    }

    private static Product part(RowTable table, int first, int rows, MemorySegment out, KernelCase data) {
        DensePanels packed = DensePanels.pack(table.slice(first, rows), FloatType.BF16, data.arena);
        return new Product(packed, null, out.asSlice(4L * first), 100);
    }
}

package dev.foretoken.nativeruntime.kernels;

import static dev.foretoken.nativeruntime.kernels.KernelCase.array;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;

/** Compares outputs element by element and names the first that is off. */
final class Comparison {
    private Comparison() {}

    static void same(MemorySegment actual, MemorySegment expected, int count, String what) {
        within(actual, expected, count, what, i -> 0);
    }

    /** The budget of element i: an absolute difference. */
    interface Budget {
        double of(int i);
    }

    static void within(MemorySegment actual, MemorySegment expected, int count, String what, Budget budget) {
        float[] a = array(actual, count);
        float[] e = array(expected, count);
        for (int i = 0; i < count; i++) {
            boolean ok =
                    a[i] == e[i] || Math.abs((double) a[i] - e[i]) <= budget.of(i) || (a[i] != a[i] && e[i] != e[i]);
            if (!ok) {
                assertThat(a[i])
                        .as("%s, element %d: expected %s within %s", what, i, e[i], budget.of(i))
                        .isEqualTo(e[i]);
            }
        }
    }

    static void sameBits(MemorySegment actual, MemorySegment expected, String what) {
        assertThat(actual.mismatch(expected))
                .as("%s: first byte that differs", what)
                .isEqualTo(-1);
    }

    /** Rounding of a sum of {@code terms} products whose absolute values sum to {@code magnitude}. */
    static double sumBudget(int terms, double magnitude) {
        return 2 * Math.sqrt(terms) * 0x1p-24 * magnitude;
    }
}

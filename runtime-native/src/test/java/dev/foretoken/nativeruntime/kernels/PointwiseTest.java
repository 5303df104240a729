package dev.foretoken.nativeruntime.kernels;

import static dev.foretoken.nativeruntime.kernels.KernelCase.array;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.nativeruntime.kernels.layout.RotaryTable;
import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.nativeruntime.plan.RotaryPairing;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Norms, rotary and element-wise operations of every implementation against the oracle. */
class PointwiseTest {
    private static final int[] WIDTHS = {1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 63, 64, 65, 257, 2048};
    private static final String ALL = "dev.foretoken.nativeruntime.kernels.KernelsUnderTest#all";

    private final Kernels oracle = new ScalarKernels();

    @ParameterizedTest
    @MethodSource(ALL)
    void addsWithoutAnyError(Kernels kernels) {
        try (kernels) {
            for (int width : new int[] {1, 15, 16, 17, 33, 100_003}) {
                try (KernelCase data = new KernelCase(width)) {
                    MemorySegment a = data.floats(width, data::normal);
                    MemorySegment b = data.floats(width, data::normal);
                    MemorySegment expected = data.poisoned(width);
                    oracle.add(a, b, width, expected);
                    kernels.add(a, b, width, a);
                    Comparison.sameBits(a, expected, "width " + width);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void normsWithinTheRoundingOfOneSum(Kernels kernels) {
        try (kernels) {
            for (int width : WIDTHS) {
                for (int rows : new int[] {1, 3, 40}) {
                    try (KernelCase data = new KernelCase(width)) {
                        MemorySegment x = data.floats((long) rows * width, data::normal);
                        MemorySegment weight = data.floats(width, data::normal);
                        MemorySegment expected = data.poisoned((long) rows * width);
                        MemorySegment actual = data.poisoned((long) rows * width);
                        oracle.rmsNorm(x, weight, 1e-5f, rows, width, expected);
                        kernels.rmsNorm(x, weight, 1e-5f, rows, width, actual);
                        relative(
                                actual,
                                expected,
                                rows * width,
                                2 * Math.sqrt(width) * 0x1p-24 + 0x1p-22,
                                "width " + width);
                    }
                }
            }
        }
    }

    /** Equal squares sum exactly, so one skipped element shows. */
    @ParameterizedTest
    @MethodSource(ALL)
    void normsEqualIntegersExactly(Kernels kernels) {
        try (kernels) {
            for (int width : WIDTHS) {
                try (KernelCase data = new KernelCase(width)) {
                    MemorySegment x = data.floats(width, () -> data.random.nextBoolean() ? 4 : -4);
                    MemorySegment weight = data.floats(width, data::smallInteger);
                    MemorySegment expected = data.poisoned(width);
                    MemorySegment actual = data.poisoned(width);
                    oracle.rmsNorm(x, weight, 0, 1, width, expected);
                    kernels.rmsNorm(x, weight, 0, 1, width, actual);
                    Comparison.same(actual, expected, width, "width " + width);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void turnsHeadsOfEveryWidthLikeTheOracle(Kernels kernels) {
        try (kernels) {
            for (RotaryPairing pairing : RotaryPairing.values()) {
                turnHeads(kernels, pairing);
            }
        }
    }

    private void turnHeads(Kernels kernels, RotaryPairing pairing) {
        for (int half : new int[] {1, 2, 7, 8, 15, 16, 17, 32, 40, 64, 128}) {
            try (KernelCase data = new KernelCase(half)) {
                RotaryTable table = new RotaryTable(
                        9, half, data.floats(9L * half, data::normal), data.floats(9L * half, data::normal), pairing);
                int headDim = 2 * half + 2;
                MemorySegment x = data.floats(5L * 3 * headDim, data::normal);
                MemorySegment expected = data.poisoned(5L * 3 * headDim).copyFrom(x);
                MemorySegment positions = data.ints(8, 0, 3, 3, 7);
                oracle.rotary(expected, table, positions, 5, 3, headDim);
                kernels.rotary(x, table, positions, 5, 3, headDim);
                Comparison.sameBits(x, expected, pairing + " half " + half);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void gatesWithinAFewUnitsInTheLastPlace(Kernels kernels) {
        try (kernels) {
            for (int width : new int[] {1, 15, 16, 17, 33, 100_003}) {
                try (KernelCase data = new KernelCase(width)) {
                    MemorySegment gate = data.floats(width, () -> 20 * data.normal());
                    MemorySegment up = data.floats(width, data::normal);
                    MemorySegment expected = data.poisoned(width);
                    oracle.siluMul(gate, up, width, expected);
                    kernels.siluMul(gate, up, width, gate);
                    relative(gate, expected, width, 0x1p-20, "width " + width);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void gatesExtremesWithoutNaN(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(1)) {
            MemorySegment gate = data.floats(-1e30f, -104, -88, -87, -0f, 0, 1e-38f, 87, 88, 104, 1e30f, Float.NaN);
            MemorySegment up = data.floats(12, () -> 2);
            MemorySegment expected = data.poisoned(12);
            MemorySegment actual = data.poisoned(12);
            oracle.siluMul(gate, up, 12, expected);
            kernels.siluMul(gate, up, 12, actual);
            float[] e = array(expected, 12);
            Comparison.within(actual, expected, 12, "extremes", i -> Math.abs(e[i]) * 0x1p-20 + 1e-34);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void bendsWithinAFewUnitsInTheLastPlace(Kernels kernels) {
        try (kernels) {
            for (Activation function : Activation.values()) {
                for (int width : new int[] {1, 15, 16, 17, 33, 40_003}) {
                    try (KernelCase data = new KernelCase(width)) {
                        MemorySegment x = data.floats(width, () -> 4 * data.normal());
                        MemorySegment factor = data.floats(width, data::normal);
                        MemorySegment alone = data.poisoned(width);
                        MemorySegment both = data.poisoned(width);
                        oracle.activate(function, x, null, width, alone);
                        oracle.activate(function, x, factor, width, both);
                        float[] inputs = array(x, width);
                        kernels.activate(function, x, factor, width, factor);
                        kernels.activate(function, x, null, width, x);
                        Comparison.Budget budget = i -> (1 + Math.abs(inputs[i])) * 0x1p-20;
                        Comparison.within(x, alone, width, function + " of " + width, budget);
                        Comparison.within(factor, both, width, function + " times, of " + width, i -> 2 * budget.of(i));
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void bendsExtremesWithoutNaN(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(1)) {
            for (Activation function : Activation.values()) {
                MemorySegment x = data.floats(-1e18f, -104, -20, -0f, 0, 1e-38f, 20, 104, 1e18f, Float.NaN);
                MemorySegment expected = data.poisoned(10);
                oracle.activate(function, x, null, 10, expected);
                kernels.activate(function, x, null, 10, x);
                float[] e = array(expected, 10);
                Comparison.within(x, expected, 10, function + " extremes", i -> Math.abs(e[i]) * 0x1p-20 + 1e-30);
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void clipsEitherWayAndNothingBehindTheEnd(Kernels kernels) {
        try (kernels;
                KernelCase data = new KernelCase(1)) {
            MemorySegment x = data.floats(-0.75f, 0.5f, -0.5f, 0.4f, 1e30f, Float.NEGATIVE_INFINITY, Float.NaN, 7, 8);
            kernels.clip(x, 0.5f, 8);
            assertThat(array(x, 9)).containsExactly(-0.5f, 0.5f, -0.5f, 0.4f, 0.5f, -0.5f, Float.NaN, 0.5f, 8);
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void scalesWithoutAnyErrorAndCapsWithinRounding(Kernels kernels) {
        try (kernels) {
            for (int width : new int[] {1, 15, 16, 17, 33, 100_003}) {
                try (KernelCase data = new KernelCase(width)) {
                    MemorySegment a = data.floats(width, () -> 40 * data.normal());
                    MemorySegment b = data.floats(width, data::normal);
                    MemorySegment expected = data.poisoned(width);
                    MemorySegment actual = data.poisoned(width);
                    oracle.addScaled(a, b, 0.22f, width, expected);
                    kernels.addScaled(a, b, 0.22f, width, b);
                    Comparison.sameBits(b, expected, "sum of " + width);
                    oracle.rescale(a, 0.3f, 0, width, expected);
                    kernels.rescale(a, 0.3f, 0, width, actual);
                    Comparison.sameBits(actual, expected, "product of " + width);
                    oracle.rescale(a, 0.7f, 30, width, expected);
                    kernels.rescale(a, 0.7f, 30, width, a);
                    Comparison.within(a, expected, width, "cap of " + width, i -> 30 * 3e-7);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource(ALL)
    void normsLayersWithinTheRoundingOfTwoSums(Kernels kernels) {
        try (kernels) {
            for (int width : WIDTHS) {
                for (int rows : new int[] {1, 3, 40}) {
                    try (KernelCase data = new KernelCase(width)) {
                        MemorySegment x = data.floats((long) rows * width, () -> 3 + data.normal());
                        MemorySegment weight = data.floats(width, data::normal);
                        MemorySegment bias = data.floats(width, data::normal);
                        for (MemorySegment added : new MemorySegment[] {bias, null}) {
                            MemorySegment expected = data.poisoned((long) rows * width);
                            MemorySegment actual = data.poisoned((long) rows * width);
                            oracle.layerNorm(x, weight, added, 1e-2f, rows, width, expected);
                            kernels.layerNorm(x, weight, added, 1e-2f, rows, width, actual);
                            double budget = 40 * Math.sqrt(width) * 0x1p-24 + 0x1p-17;
                            Comparison.within(actual, expected, rows * width, "width " + width, i -> budget);
                        }
                    }
                }
            }
        }
    }

    private static void relative(MemorySegment actual, MemorySegment expected, int count, double factor, String what) {
        float[] e = array(expected, count);
        Comparison.within(actual, expected, count, what, i -> Math.abs(e[i]) * factor + 1e-35);
    }
}

package dev.foretoken.nativeruntime.algebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class RidgeMapTest {

    private static final int INPUTS = 7;
    private static final int TARGETS = 5;
    private static final double[] BIAS = {1, -2, 0.5, 30, 0};

    /** Rows of inputs with a last one, and what the map makes of them plus noise. */
    private record Pairs(double[][] inputs, double[][] targets) {
        static Pairs of(double[][] map, int count, double noise, long seed) {
            Random random = new Random(seed);
            double[][] inputs = new double[count][INPUTS + 1];
            double[][] targets = new double[count][TARGETS];
            for (int row = 0; row < count; row++) {
                for (int i = 0; i < INPUTS; i++) {
                    inputs[row][i] = 3 + random.nextGaussian();
                }
                inputs[row][INPUTS] = 1;
                for (int j = 0; j < TARGETS; j++) {
                    targets[row][j] = BIAS[j] + noise * random.nextGaussian();
                    for (int i = 0; i < INPUTS; i++) {
                        targets[row][j] += map[j][i] * inputs[row][i];
                    }
                }
            }
            return new Pairs(inputs, targets);
        }

        PairedSums sums(Workers workers) {
            ProductSum gram = new ProductSum(INPUTS + 1, INPUTS + 1);
            ProductSum cross = new ProductSum(INPUTS + 1, TARGETS);
            gram.add(inputs, inputs, workers);
            cross.add(inputs, targets, workers);
            double squares = 0;
            for (double[] row : targets) {
                for (double x : row) {
                    squares += x * x;
                }
            }
            return new PairedSums(gram, cross, squares);
        }
    }

    private static double[][] randomMap() {
        Random random = new Random(3);
        double[][] map = new double[TARGETS][INPUTS];
        for (double[] row : map) {
            for (int i = 0; i < INPUTS; i++) {
                row[i] = random.nextGaussian();
            }
        }
        return map;
    }

    @Test
    void findsTheMapAndTheBiasThatMadeTheTargets() {
        double[][] map = randomMap();
        try (Workers workers = Workers.of(2)) {
            RidgeMap found =
                    RidgeMap.fit(Pairs.of(map, 203, 0, 1).sums(workers), 1e-12).orElseThrow();
            for (int j = 0; j < TARGETS; j++) {
                assertThat(found.bias()[j]).isCloseTo(BIAS[j], within(1e-7));
                for (int i = 0; i < INPUTS; i++) {
                    assertThat(found.weight()[j * INPUTS + i]).isCloseTo(map[j][i], within(1e-8));
                }
            }
            assertThat(found.relativeError(Pairs.of(map, 50, 0, 2).sums(workers)))
                    .isLessThan(1e-12);
        }
    }

    @Test
    void theRelativeErrorIsThatOfEveryPairCountedOut() {
        double[][] map = randomMap();
        try (Workers workers = Workers.of(1)) {
            Pairs others = Pairs.of(map, 61, 0.7, 2);
            RidgeMap found =
                    RidgeMap.fit(Pairs.of(map, 100, 0.5, 1).sums(workers), 1e-3).orElseThrow();
            double[] means = new double[TARGETS];
            for (double[] row : others.targets) {
                for (int j = 0; j < TARGETS; j++) {
                    means[j] += row[j] / others.targets.length;
                }
            }
            double errors = 0;
            double spread = 0;
            for (int row = 0; row < others.inputs.length; row++) {
                for (int j = 0; j < TARGETS; j++) {
                    double said = found.bias()[j];
                    for (int i = 0; i < INPUTS; i++) {
                        said += found.weight()[j * INPUTS + i] * others.inputs[row][i];
                    }
                    errors += Math.pow(said - others.targets[row][j], 2);
                    spread += Math.pow(means[j] - others.targets[row][j], 2);
                }
            }
            assertThat(found.relativeError(others.sums(workers))).isCloseTo(errors / spread, within(1e-10));
        }
    }

    @Test
    void aLargePenaltyLeavesNothingButTheMean() {
        try (Workers workers = Workers.of(1)) {
            PairedSums sums = Pairs.of(randomMap(), 100, 0.5, 1).sums(workers);
            RidgeMap found = RidgeMap.fit(sums, 1e12).orElseThrow();
            for (double weight : found.weight()) {
                assertThat(weight).isCloseTo(0, within(1e-9));
            }
            assertThat(found.relativeError(sums)).isCloseTo(1, within(1e-6));
        }
    }

    @Test
    void sumsOfPartsAddUpToThoseOfAll() {
        try (Workers one = Workers.of(1);
                Workers three = Workers.of(3)) {
            Pairs all = Pairs.of(randomMap(), 40, 0.5, 1);
            ProductSum whole = new ProductSum(INPUTS + 1, TARGETS);
            whole.add(all.inputs, all.targets, one);
            ProductSum same = new ProductSum(INPUTS + 1, TARGETS);
            same.add(all.inputs, all.targets, three);
            assertThat(same.values()).isDeepEqualTo(whole.values());
            assertThat(whole.plus(same).values()[2][3]).isEqualTo(2 * whole.values()[2][3]);
        }
    }
}

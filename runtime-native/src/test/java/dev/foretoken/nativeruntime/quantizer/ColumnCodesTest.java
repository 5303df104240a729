package dev.foretoken.nativeruntime.quantizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.nativeruntime.algebra.InverseFactor;
import dev.foretoken.nativeruntime.algebra.Workers;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ColumnCodesTest {

    private static CodedMatrix coded(Correlated given, GroupFormat format, boolean sorted, Workers workers) {
        ColumnOrder order = sorted ? ColumnOrder.byInput(given.squares()) : ColumnOrder.natural(given.columns());
        float[][] upper =
                InverseFactor.of(order.applied(given.damped(workers)), workers).orElseThrow();
        return ColumnCodes.of(given.weights(), order, upper, LevelSearch.range(format), given.squares(), workers);
    }

    /**
     * One row by the definition (Frantar 2022, optimal brain quantization in a fixed order): after each column the others are moved by its error
     * times a column of the inverse over its diagonal, and the inverse is made anew without it.
     */
    private static int[] byDefinition(float[] row, double[][] lower, CodedMatrix.Level level, int top) {
        double[] left = new double[row.length];
        Arrays.setAll(left, i -> row[i]);
        int[] codes = new int[row.length];
        for (int i = 0; i < row.length; i++) {
            int size = row.length - i;
            DMatrixRMaj inverse = new DMatrixRMaj(size, size);
            for (int a = 0; a < size; a++) {
                for (int b = 0; b < size; b++) {
                    inverse.set(a, b, lower[i + Math.max(a, b)][i + Math.min(a, b)]);
                }
            }
            assertThat(CommonOps_DDRM.invert(inverse)).isTrue();
            codes[i] = level.code((float) left[i], top);
            double error = (left[i] - level.weight(codes[i])) / inverse.get(0, 0);
            for (int b = 1; b < size; b++) {
                left[i + b] -= error * inverse.get(0, b);
            }
        }
        return codes;
    }

    @Test
    void givesTheCodesOfTheDefinitionAlsoBehindABlockOfColumns() {
        Correlated given = Correlated.of(3, 140, 1);
        GroupFormat format = Correlated.format(4, 0, true);
        try (Workers workers = Workers.of(2)) {
            CodedMatrix coded = coded(given, format, false, workers);
            for (int row = 0; row < 3; row++) {
                float[] own = Arrays.copyOfRange(given.weights(), row * 140, (row + 1) * 140);
                int[] expected = byDefinition(own, given.damped(workers), coded.level(row, 0), format.top());
                int same = 0;
                for (int i = 0; i < 140; i++) {
                    same += expected[i] == coded.codes()[row * 140 + i] ? 1 : 0;
                }
                // a tie that fp32 breaks the other way changes what follows
                assertThat(same).isGreaterThanOrEqualTo(138);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "4, 32, true, false",
        "4, 32, true, true",
        "4, 64, false, false",
        "4, 64, false, true",
        "8, 0, true, true"
    })
    void outputsAreNearerThanThoseOfTheNearestCodes(int bits, int group, boolean symmetric, boolean sorted) {
        Correlated given = Correlated.of(10, 192, 2);
        GroupFormat format = Correlated.format(bits, group, symmetric);
        try (Workers workers = Workers.of(2)) {
            CodedMatrix coded = coded(given, format, sorted, workers);
            CodedMatrix nearest = NearestCodes.of(given.weights(), 192, LevelSearch.range(format), null, workers);
            double error = given.error(coded.decoded());
            assertThat(error).isLessThan(0.6 * given.error(nearest.decoded()));
            float[][] gram = given.gram(workers).full();
            double relative = OutputError.relative(given.weights(), coded.decoded(), gram, workers);
            double whole = given.error(new float[given.weights().length]);
            assertThat(relative).isCloseTo(error / whole, within(1e-3 * relative));
        }
    }

    @Test
    void columnsOutOfOrderKeepTheirPlacesAndTheirNeighboursScale() {
        Correlated given = Correlated.of(6, 96, 3);
        for (int i = 0; i < given.weights().length; i++) {
            given.weights()[i] *= i % 96 < 32 ? 100 : 0.01f;
        }
        GroupFormat format = Correlated.format(8, 32, true);
        try (Workers workers = Workers.of(1)) {
            CodedMatrix coded = coded(given, format, true, workers);
            LevelSearch search = LevelSearch.range(format);
            for (int row = 0; row < 6; row++) {
                float[] own = Arrays.copyOfRange(given.weights(), row * 96, (row + 1) * 96);
                for (int group = 0; group < 3; group++) {
                    assertThat(coded.level(row, group)).isEqualTo(search.find(own, group * 32, (group + 1) * 32, null));
                }
                for (int i = 0; i < 32; i++) {
                    assertThat((double) coded.at(row, i)).isCloseTo(own[i], within(20.0));
                }
                for (int i = 32; i < 96; i++) {
                    assertThat(Math.abs(coded.at(row, i))).isLessThan(0.1f);
                }
            }
        }
    }

    @Test
    void theNumberOfThreadsChangesNoCode() {
        Correlated given = Correlated.of(37, 160, 4);
        GroupFormat format = Correlated.format(4, 32, false);
        try (Workers one = Workers.of(1);
                Workers several = Workers.of(5)) {
            CodedMatrix first = coded(given, format, true, one);
            CodedMatrix second = coded(given, format, true, several);
            assertThat(second.codes()).isEqualTo(first.codes());
            assertThat(second.levels()).isEqualTo(first.levels());
        }
    }

    @Test
    void inputsThatAreAlwaysZeroStopNothing() {
        Correlated given = Correlated.of(4, 64, 5);
        for (int i = 0; i < given.inputs().length; i++) {
            given.inputs()[i] *= i % 64 % 5 == 0 ? 0 : 1;
        }
        try (Workers workers = Workers.of(1)) {
            CodedMatrix coded = coded(given, Correlated.format(4, 32, true), true, workers);
            assertThat(given.error(coded.decoded())).isFinite();
        }
    }
}

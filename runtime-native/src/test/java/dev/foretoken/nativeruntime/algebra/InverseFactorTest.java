package dev.foretoken.nativeruntime.algebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InverseFactorTest {

    /** The part up to the diagonal of a well-behaved matrix. */
    private static double[][] lower(int size, long seed) {
        Random random = new Random(seed);
        double[][] x = new double[2 * size + 3][size];
        for (double[] row : x) {
            double common = random.nextGaussian();
            for (int i = 0; i < size; i++) {
                row[i] = random.nextGaussian() + common;
            }
        }
        double[][] lower = new double[size][];
        for (int i = 0; i < size; i++) {
            lower[i] = new double[i + 1];
            for (int j = 0; j <= i; j++) {
                for (double[] row : x) {
                    lower[i][j] += row[i] * row[j];
                }
            }
        }
        return lower;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 31, 32, 33, 70, 130})
    void isTheCholeskyFactorOfTheInverse(int size) {
        double[][] lower = lower(size, size);
        DMatrixRMaj matrix = new DMatrixRMaj(size, size);
        for (int i = 0; i < size; i++) {
            for (int j = 0; j <= i; j++) {
                matrix.set(i, j, lower[i][j]);
                matrix.set(j, i, lower[i][j]);
            }
        }
        assertThat(CommonOps_DDRM.invert(matrix)).isTrue();
        CholeskyDecomposition_F64<DMatrixRMaj> textbook = DecompositionFactory_DDRM.chol(size, false);
        assertThat(textbook.decompose(matrix)).isTrue();
        DMatrixRMaj expected = textbook.getT(null);
        try (Workers workers = Workers.of(3)) {
            float[][] upper = InverseFactor.of(lower, workers).orElseThrow();
            for (int i = 0; i < size; i++) {
                for (int j = 0; j < size; j++) {
                    double scale = Math.max(1e-3, Math.abs(expected.get(i, j)));
                    assertThat((double) upper[i][j]).isCloseTo(expected.get(i, j), within(1e-5 * scale));
                }
            }
        }
    }

    @Test
    void theNumberOfThreadsChangesNoBit() {
        double[][] lower = lower(150, 9);
        try (Workers one = Workers.of(1);
                Workers several = Workers.of(4)) {
            assertThat(InverseFactor.of(lower, several).orElseThrow())
                    .isDeepEqualTo(InverseFactor.of(lower, one).orElseThrow());
        }
    }

    @Test
    void aMatrixWithoutAnInverseHasNoFactor() {
        try (Workers workers = Workers.of(1)) {
            assertThat(InverseFactor.of(new double[][] {{1}, {2, 4}}, workers)).isEmpty();
            assertThat(InverseFactor.of(new double[][] {{0}}, workers)).isEmpty();
        }
    }
}

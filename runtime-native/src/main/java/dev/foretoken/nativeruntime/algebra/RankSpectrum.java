package dev.foretoken.nativeruntime.algebra;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.CommonOps_MT_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.jspecify.annotations.Nullable;

/**
 * Products of two matrices that are nearest to a matrix, for all ranks at once: the first columns of {@code up} times the first rows of {@code
 * down}. Nearest in what comes out for inputs of a second moment (SVD-LLM, Wang 2024), or, without one, in the numbers themselves (Eckart and
 * Young 1936). Computed from the eigenvectors of the smaller square of the matrix.
 *
 * @param up [rows, most]
 * @param down [most, columns]
 * @param energies squared singular values, descending: of all ranks, also those above {@code most}
 */
public record RankSpectrum(float[] up, float[] down, int most, double[] energies) {

    /** Added to the diagonal of a second moment, in parts of its mean: inputs that never came count a little. */
    private static final double RIDGE = 1e-6;

    /** What a share of all energy is not required to have, since numbers are rounded. */
    private static final double ROUNDING = 1e-10;

    /**
     * Decomposes.
     *
     * @param weight [rows, columns]
     * @param moment [columns, columns], symmetric: sums of {@code x x'} over inputs; null: all inputs alike
     * @param most ranks that can be taken, at least 1
     */
    public static RankSpectrum of(float[] weight, int rows, int columns, double @Nullable [] moment, int most) {
        if (most < 1 || most > Math.min(rows, columns)) {
            throw new IllegalArgumentException("most=%d of a matrix [%d, %d]".formatted(most, rows, columns));
        }
        DMatrixRMaj w = Dense.of(weight, rows, columns);
        DMatrixRMaj root = moment == null ? null : root(moment, columns);
        DMatrixRMaj seen = root == null ? w : times(w, root);
        return rows <= columns ? ofOutputs(w, seen, most) : ofInputs(root, seen, most);
    }

    /** Smallest rank with so much of all energy; at least 1. */
    public static int rank(double[] energies, double share) {
        double total = 0;
        for (double energy : energies) {
            total += energy;
        }
        double kept = 0;
        for (int i = 0; i < energies.length; i++) {
            kept += energies[i];
            if (kept >= total * (share - ROUNDING)) {
                return i + 1;
            }
        }
        return energies.length;
    }

    /** The lower triangular matrix whose product with its transpose is the moment. */
    private static DMatrixRMaj root(double[] moment, int size) {
        DMatrixRMaj copy = new DMatrixRMaj(size, size, true, moment.clone());
        double ridge = RIDGE * CommonOps_DDRM.trace(copy) / size;
        for (int i = 0; i < size; i++) {
            copy.add(i, i, ridge > 0 ? ridge : 1);
        }
        CholeskyDecomposition_F64<DMatrixRMaj> cholesky = DecompositionFactory_DDRM.chol(size, true);
        if (!cholesky.decompose(copy)) {
            throw new IllegalStateException("a Cholesky decomposition failed: the moment is not finite");
        }
        return cholesky.getT(null);
    }

    private static DMatrixRMaj times(DMatrixRMaj a, DMatrixRMaj b) {
        DMatrixRMaj product = new DMatrixRMaj(a.numRows, b.numCols);
        CommonOps_MT_DDRM.mult(a, b, product);
        return product;
    }

    private static RankSpectrum ofOutputs(DMatrixRMaj weight, DMatrixRMaj seen, int most) {
        DMatrixRMaj square = new DMatrixRMaj(seen.numRows, seen.numRows);
        CommonOps_MT_DDRM.multTransB(seen, seen, square);
        Eigen eigen = Eigen.of(square);
        DMatrixRMaj up = eigen.first(most);
        DMatrixRMaj down = new DMatrixRMaj(most, weight.numCols);
        CommonOps_MT_DDRM.multTransA(up, weight, down);
        return new RankSpectrum(Dense.floats(up), Dense.floats(down), most, eigen.values());
    }

    private static RankSpectrum ofInputs(@Nullable DMatrixRMaj root, DMatrixRMaj seen, int most) {
        DMatrixRMaj square = new DMatrixRMaj(seen.numCols, seen.numCols);
        CommonOps_MT_DDRM.multTransA(seen, seen, square);
        Eigen eigen = Eigen.of(square);
        DMatrixRMaj vectors = eigen.first(most);
        DMatrixRMaj up = times(seen, vectors);
        DMatrixRMaj down = CommonOps_DDRM.transpose(vectors, null);
        if (root != null) {
            solveFromRight(down, root);
        }
        return new RankSpectrum(Dense.floats(up), Dense.floats(down), most, eigen.values());
    }

    /** {@code rows} becomes {@code rows * lower^-1}, every row by itself. */
    private static void solveFromRight(DMatrixRMaj rows, DMatrixRMaj lower) {
        int size = lower.numRows;
        IntStream.range(0, rows.numRows).parallel().forEach(row -> {
            int at = row * size;
            for (int i = size - 1; i >= 0; i--) {
                double value = rows.data[at + i] / lower.data[i * size + i];
                rows.data[at + i] = value;
                for (int j = 0; j < i; j++) {
                    rows.data[at + j] -= value * lower.data[i * size + j];
                }
            }
        });
    }

    /** Eigenvalues and eigenvectors of a symmetric matrix, the largest first. */
    private record Eigen(EigenDecomposition_F64<DMatrixRMaj> found, int[] order) {
        static Eigen of(DMatrixRMaj symmetric) {
            EigenDecomposition_F64<DMatrixRMaj> found = DecompositionFactory_DDRM.eig(symmetric.numRows, true, true);
            if (!found.decompose(symmetric)) {
                throw new IllegalStateException("an eigenvalue decomposition failed: the matrix is not finite");
            }
            int[] order = IntStream.range(0, symmetric.numRows)
                    .boxed()
                    .sorted(Comparator.<Integer>comparingDouble(
                                    i -> found.getEigenvalue(i).getReal())
                            .reversed())
                    .mapToInt(Integer::intValue)
                    .toArray();
            return new Eigen(found, order);
        }

        double[] values() {
            return IntStream.of(order)
                    .mapToDouble(i -> Math.max(0, found.getEigenvalue(i).getReal()))
                    .toArray();
        }

        /** As columns. */
        DMatrixRMaj first(int count) {
            DMatrixRMaj columns = new DMatrixRMaj(order.length, count);
            for (int c = 0; c < count; c++) {
                DMatrixRMaj vector = found.getEigenVector(order[c]);
                for (int r = 0; r < order.length; r++) {
                    columns.data[r * count + c] = vector.data[r];
                }
            }
            return columns;
        }
    }
}

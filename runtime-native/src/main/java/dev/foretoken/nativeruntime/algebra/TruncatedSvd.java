package dev.foretoken.nativeruntime.algebra;

import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.CommonOps_MT_DDRM;
import org.ejml.dense.row.NormOps_DDRM;
import org.ejml.dense.row.SingularOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.QRDecomposition;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;
import org.jspecify.annotations.Nullable;

/**
 * The product of two matrices that is nearest to a matrix among those of a rank (Eckart and Young 1936): {@code matrix = up down}, the
 * singular values shared evenly between both. Small matrices are decomposed exactly, large ones in a random subspace (Halko 2011).
 *
 * @param up [rows, rank]
 * @param down [rank, columns]
 * @param error norm of what is lost in parts of the matrix's norm (Frobenius), in [0, 1]
 */
public record TruncatedSvd(float[] up, float[] down, int rank, double error) {

    /** Up to so many rows or columns a decomposition is exact. */
    private static final int EXACT = 512;

    private static final int OVERSAMPLING = 16;
    private static final int POWER_STEPS = 4;
    private static final long SEED = 20_260_101;

    /** {@code matrix}: [rows, columns]; {@code rank}: at least 1, at most both. */
    public static TruncatedSvd of(float[] matrix, int rows, int columns, int rank) {
        if (rank < 1 || rank > Math.min(rows, columns)) {
            throw new IllegalArgumentException("rank=%d of a matrix [%d, %d], must be in [1, %d]"
                    .formatted(rank, rows, columns, Math.min(rows, columns)));
        }
        DMatrixRMaj a = Dense.of(matrix, rows, columns);
        double norm = NormOps_DDRM.normF(a);
        if (Math.min(rows, columns) <= EXACT || rank + OVERSAMPLING > Math.min(rows, columns) / 2) {
            return cut(a, null, rank, norm);
        }
        DMatrixRMaj basis = range(a, rank + OVERSAMPLING);
        DMatrixRMaj inside = new DMatrixRMaj(basis.numCols, columns);
        CommonOps_MT_DDRM.multTransA(basis, a, inside);
        return cut(inside, basis, rank, norm);
    }

    /** An orthonormal basis of what the largest singular vectors span. */
    private static DMatrixRMaj range(DMatrixRMaj a, int width) {
        Random random = new Random(SEED);
        DMatrixRMaj guess = new DMatrixRMaj(a.numCols, width);
        for (int i = 0; i < guess.getNumElements(); i++) {
            guess.data[i] = random.nextGaussian();
        }
        DMatrixRMaj left = new DMatrixRMaj(a.numRows, width);
        CommonOps_MT_DDRM.mult(a, guess, left);
        for (int step = 0; step < POWER_STEPS; step++) {
            DMatrixRMaj q = orthonormal(left);
            CommonOps_MT_DDRM.multTransA(a, q, guess);
            CommonOps_MT_DDRM.mult(a, orthonormal(guess), left);
        }
        return orthonormal(left);
    }

    private static DMatrixRMaj orthonormal(DMatrixRMaj columns) {
        QRDecomposition<DMatrixRMaj> qr = DecompositionFactory_DDRM.qr(columns.numRows, columns.numCols);
        if (!qr.decompose(columns.copy())) {
            throw new IllegalStateException("a QR decomposition failed: the matrix is not finite");
        }
        return qr.getQ(null, true);
    }

    /** {@code basis}: what the decomposed matrix is to be multiplied with from the left; null: nothing. */
    private static TruncatedSvd cut(DMatrixRMaj a, @Nullable DMatrixRMaj basis, int rank, double norm) {
        SingularValueDecomposition_F64<DMatrixRMaj> svd =
                DecompositionFactory_DDRM.svd(a.numRows, a.numCols, true, true, true);
        if (!svd.decompose(a.copy())) {
            throw new IllegalStateException("a singular value decomposition failed: the matrix is not finite");
        }
        DMatrixRMaj u = svd.getU(null, false);
        DMatrixRMaj v = svd.getV(null, true);
        double[] values = svd.getSingularValues();
        SingularOps_DDRM.descendingOrder(u, false, values, svd.numberOfSingularValues(), v, true);
        DMatrixRMaj left = CommonOps_DDRM.extract(u, 0, u.numRows, 0, rank);
        if (basis != null) {
            DMatrixRMaj whole = new DMatrixRMaj(basis.numRows, rank);
            CommonOps_MT_DDRM.mult(basis, left, whole);
            left = whole;
        }
        DMatrixRMaj right = CommonOps_DDRM.extract(v, 0, rank, 0, v.numCols);
        double kept = 0;
        for (int i = 0; i < rank; i++) {
            kept += values[i] * values[i];
            scale(left, right, i, Math.sqrt(values[i]));
        }
        double lost = Math.max(0, norm * norm - kept);
        return new TruncatedSvd(Dense.floats(left), Dense.floats(right), rank, norm == 0 ? 0 : Math.sqrt(lost) / norm);
    }

    private static void scale(DMatrixRMaj left, DMatrixRMaj right, int index, double factor) {
        for (int row = 0; row < left.numRows; row++) {
            left.data[row * left.numCols + index] *= factor;
        }
        for (int column = 0; column < right.numCols; column++) {
            right.data[index * right.numCols + column] *= factor;
        }
    }
}

package dev.foretoken.nativeruntime.algebra;

import org.ejml.data.DMatrixRMaj;

/** Between the floats of weights and the doubles that are computed with. */
final class Dense {

    private Dense() {}

    static DMatrixRMaj of(float[] matrix, int rows, int columns) {
        if (matrix.length != (long) rows * columns) {
            throw new IllegalArgumentException(
                    "%d numbers for a matrix [%d, %d]".formatted(matrix.length, rows, columns));
        }
        DMatrixRMaj made = new DMatrixRMaj(rows, columns);
        for (int i = 0; i < matrix.length; i++) {
            made.data[i] = matrix[i];
        }
        return made;
    }

    static float[] floats(DMatrixRMaj matrix) {
        float[] made = new float[matrix.getNumElements()];
        for (int i = 0; i < made.length; i++) {
            made[i] = (float) matrix.data[i];
        }
        return made;
    }
}

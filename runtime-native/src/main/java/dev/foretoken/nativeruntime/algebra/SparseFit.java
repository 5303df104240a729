package dev.foretoken.nativeruntime.algebra;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.CommonOps_MT_DDRM;
import org.ejml.dense.row.NormOps_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

/**
 * A matrix as sums of few vectors of a basis (DSFormer, Chand 2023, without its training): orthogonal matching pursuit finds the terms of each
 * row (Pati 1993), least squares the basis, in turns.
 *
 * @param basis [vectors, columns]
 * @param values [rows, terms]
 * @param places [rows, terms], distinct within a row
 * @param error norm of what is lost in parts of the matrix's norm (Frobenius)
 */
public record SparseFit(float[] basis, float[] values, int[] places, double error) {

    private static final long SEED = 20_260_101;
    private static final double RIDGE = 1e-9;

    /** {@code matrix}: [rows, columns]; {@code terms}: at most {@code vectors}. */
    public static SparseFit of(float[] matrix, int rows, int columns, int vectors, int terms, int rounds) {
        DMatrixRMaj weight = Dense.of(matrix, rows, columns);
        DMatrixRMaj basis = firstBasis(weight, vectors);
        double[] values = new double[rows * terms];
        int[] places = new int[rows * terms];
        pursue(weight, basis, terms, values, places);
        for (int round = 0; round < rounds; round++) {
            basis = solved(weight, values, places, terms, basis);
            pursue(weight, basis, terms, values, places);
        }
        float[] narrow = new float[values.length];
        for (int i = 0; i < narrow.length; i++) {
            narrow[i] = (float) values[i];
        }
        return new SparseFit(Dense.floats(basis), narrow, places, error(weight, basis, values, places, terms));
    }

    /** Rows of the matrix and, where it has too few, random ones, each of length 1. */
    private static DMatrixRMaj firstBasis(DMatrixRMaj weight, int vectors) {
        Random random = new Random(SEED);
        int[] order = IntStream.range(0, weight.numRows).toArray();
        for (int i = order.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            int kept = order[i];
            order[i] = order[other];
            order[other] = kept;
        }
        DMatrixRMaj basis = new DMatrixRMaj(vectors, weight.numCols);
        for (int v = 0; v < vectors; v++) {
            for (int c = 0; c < weight.numCols; c++) {
                basis.set(v, c, v < order.length ? weight.get(order[v], c) : random.nextGaussian());
            }
        }
        normalise(basis);
        return basis;
    }

    private static void normalise(DMatrixRMaj basis) {
        for (int v = 0; v < basis.numRows; v++) {
            double squares = 0;
            for (int c = 0; c < basis.numCols; c++) {
                squares += basis.get(v, c) * basis.get(v, c);
            }
            double factor = squares == 0 ? 0 : 1 / Math.sqrt(squares);
            for (int c = 0; c < basis.numCols; c++) {
                basis.set(v, c, basis.get(v, c) * factor);
            }
        }
    }

    private static void pursue(DMatrixRMaj weight, DMatrixRMaj basis, int terms, double[] values, int[] places) {
        DMatrixRMaj gram = new DMatrixRMaj(basis.numRows, basis.numRows);
        CommonOps_MT_DDRM.multTransB(basis, basis, gram);
        DMatrixRMaj likeness = new DMatrixRMaj(weight.numRows, basis.numRows);
        CommonOps_MT_DDRM.multTransB(weight, basis, likeness);
        IntStream.range(0, weight.numRows)
                .parallel()
                .forEach(row -> new RowPursuit(gram, terms)
                        .run(Arrays.copyOfRange(likeness.data, row * basis.numRows, (row + 1) * basis.numRows))
                        .copyTo(values, places, row * terms));
    }

    /** The basis for which these terms lose least; a vector that no row uses stays. */
    private static DMatrixRMaj solved(
            DMatrixRMaj weight, double[] values, int[] places, int terms, DMatrixRMaj before) {
        int vectors = before.numRows;
        DMatrixRMaj normal = new DMatrixRMaj(vectors, vectors);
        DMatrixRMaj right = new DMatrixRMaj(vectors, weight.numCols);
        for (int row = 0; row < weight.numRows; row++) {
            for (int i = row * terms; i < (row + 1) * terms; i++) {
                for (int j = row * terms; j < (row + 1) * terms; j++) {
                    normal.add(places[i], places[j], values[i] * values[j]);
                }
                for (int c = 0; c < weight.numCols; c++) {
                    right.add(places[i], c, values[i] * weight.get(row, c));
                }
            }
        }
        double ridge = RIDGE * Math.max(1e-30, CommonOps_DDRM.trace(normal) / vectors);
        for (int v = 0; v < vectors; v++) {
            normal.add(v, v, ridge);
            for (int c = 0; c < weight.numCols; c++) {
                right.add(v, c, ridge * before.get(v, c));
            }
        }
        LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.symmPosDef(vectors);
        if (!solver.setA(normal)) {
            return before;
        }
        DMatrixRMaj basis = new DMatrixRMaj(vectors, weight.numCols);
        solver.solve(right, basis);
        normalise(basis);
        return basis;
    }

    private static double error(DMatrixRMaj weight, DMatrixRMaj basis, double[] values, int[] places, int terms) {
        DMatrixRMaj rest = weight.copy();
        for (int i = 0; i < values.length; i++) {
            for (int c = 0; c < weight.numCols; c++) {
                rest.add(i / terms, c, -values[i] * basis.get(places[i], c));
            }
        }
        double norm = NormOps_DDRM.normF(weight);
        return norm == 0 ? 0 : NormOps_DDRM.normF(rest) / norm;
    }
}

package dev.foretoken.nativeruntime.algebra;

import java.util.Optional;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

/**
 * The linear map with a bias that minimises squared errors plus a penalty on its weights, not on its bias (ridge regression, Hoerl 1970), from
 * sums alone.
 *
 * @param weight [q, p], row-major: target = weight input + bias
 * @param bias [q]
 * @param penalty in parts of the mean variance of an input
 */
public record RidgeMap(double[] weight, double[] bias, double penalty) {

    /** Inputs that never change have no variance to scale the penalty with. */
    private static final double LEAST = 1e-30;

    /** Empty where the inputs depend on each other so much that even the penalty does not help. */
    public static Optional<RidgeMap> fit(PairedSums sums, double penalty) {
        int p = sums.inputWidth();
        int q = sums.targetWidth();
        double[][] gram = sums.inputs().values();
        double[][] cross = sums.cross().values();
        double pairs = sums.pairs();
        DMatrixRMaj left = new DMatrixRMaj(p, p);
        DMatrixRMaj right = new DMatrixRMaj(p, q);
        for (int i = 0; i < p; i++) {
            double mean = gram[i][p] / pairs;
            for (int j = 0; j < p; j++) {
                left.data[i * p + j] = gram[i][j] - mean * gram[p][j];
            }
            for (int j = 0; j < q; j++) {
                right.data[i * q + j] = cross[i][j] - mean * cross[p][j];
            }
        }
        double ridge = penalty * Math.max(LEAST, CommonOps_DDRM.trace(left) / p);
        for (int i = 0; i < p; i++) {
            left.data[i * p + i] += ridge;
        }
        LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.symmPosDef(p);
        if (!solver.setA(left)) {
            return Optional.empty();
        }
        DMatrixRMaj solution = new DMatrixRMaj(p, q);
        solver.solve(right, solution);
        return Optional.of(of(solution, sums, penalty));
    }

    private static RidgeMap of(DMatrixRMaj solution, PairedSums sums, double penalty) {
        int p = sums.inputWidth();
        int q = sums.targetWidth();
        double[] weight = new double[Math.multiplyExact(p, q)];
        double[] bias = new double[q];
        for (int j = 0; j < q; j++) {
            bias[j] = sums.cross().values()[p][j] / sums.pairs();
            for (int i = 0; i < p; i++) {
                weight[j * p + i] = solution.data[i * q + j];
                bias[j] -= weight[j * p + i] * sums.inputs().values()[i][p] / sums.pairs();
            }
        }
        return new RidgeMap(weight, bias, penalty);
    }

    /**
     * The sum of squared errors on other pairs in parts of their spread around the mean: 0 is perfect, 1 as good as always saying the mean.
     *
     * @param sums of these pairs
     */
    public double relativeError(PairedSums sums) {
        int p = sums.inputWidth();
        int q = sums.targetWidth();
        double[][] cross = sums.cross().values();
        double squares = sums.targets();
        double[] map = new double[p + 1];
        for (int j = 0; j < q; j++) {
            System.arraycopy(weight, j * p, map, 0, p);
            map[p] = bias[j];
            for (int i = 0; i <= p; i++) {
                squares += map[i] * (dot(sums.inputs().values()[i], map) - 2 * cross[i][j]);
            }
        }
        double spread = sums.spread();
        return spread <= 0 ? 0 : Math.max(0, squares) / spread;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum = Math.fma(a[i], b[i], sum);
        }
        return sum;
    }

    /** As it is stored. */
    public float[] weights() {
        return floats(weight);
    }

    /** As it is stored. */
    public float[] biases() {
        return floats(bias);
    }

    private static float[] floats(double[] numbers) {
        float[] made = new float[numbers.length];
        for (int i = 0; i < made.length; i++) {
            made[i] = (float) numbers[i];
        }
        return made;
    }
}

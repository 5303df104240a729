package dev.foretoken.nativeruntime.kernels;

/** Recurrences in double, one token after the other, as the papers write them. One sequence at a time; states start at zero. */
public final class NaiveScans {
    private NaiveScans() {}

    public static double softplus(double x) {
        return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    }

    public static double silu(double x) {
        return x / (1 + Math.exp(-x));
    }

    /** x: [tokens][channels]; weight: [taps][channels]. */
    public static double[][] convolve(double[][] x, double[][] weight, double[] bias, boolean silu) {
        int taps = weight.length;
        double[][] out = new double[x.length][bias.length];
        for (int t = 0; t < x.length; t++) {
            for (int c = 0; c < bias.length; c++) {
                double sum = bias[c];
                for (int j = Math.max(0, taps - 1 - t); j < taps; j++) {
                    sum += weight[j][c] * x[t - taps + 1 + j][c];
                }
                out[t][c] = silu ? silu(sum) : sum;
            }
        }
        return out;
    }

    /** a: [states][channels]; b, c: [tokens][groups * states]. */
    public static double[][] selective(
            double[][] x, double[][] time, double[][] b, double[][] c, double[][] a, double[] d, int groups) {
        int channels = d.length;
        int states = a.length;
        double[][] h = new double[states][channels];
        double[][] out = new double[x.length][channels];
        for (int t = 0; t < x.length; t++) {
            for (int i = 0; i < channels; i++) {
                int map = i / (channels / groups) * states;
                double dt = softplus(time[t][i]);
                out[t][i] = d[i] * x[t][i];
                for (int n = 0; n < states; n++) {
                    h[n][i] = Math.exp(dt * a[n][i]) * h[n][i] + dt * b[t][map + n] * x[t][i];
                    out[t][i] += h[n][i] * c[t][map + n];
                }
            }
        }
        return out;
    }

    /** One head: x [tokens][headDim]; dt after softplus and clamp; b, c [tokens][states]. */
    public static double[][] stateSpaceHead(double[][] x, double[] dt, double[][] b, double[][] c, double a, double d) {
        int width = x[0].length;
        double[][] h = new double[b[0].length][width];
        double[][] out = new double[x.length][width];
        for (int t = 0; t < x.length; t++) {
            for (int p = 0; p < width; p++) {
                out[t][p] = d * x[t][p];
                for (int n = 0; n < h.length; n++) {
                    h[n][p] = Math.exp(dt[t] * a) * h[n][p] + dt[t] * b[t][n] * x[t][p];
                    out[t][p] += h[n][p] * c[t][n];
                }
            }
        }
        return out;
    }

    /** One head: q, k not normalised; decay as its logarithm; beta after the sigmoid. */
    public static double[][] deltaHead(double[][] q, double[][] k, double[][] v, double[] decay, double[] beta) {
        int width = v[0].length;
        double[][] h = new double[q[0].length][width];
        double[][] out = new double[q.length][width];
        for (int t = 0; t < q.length; t++) {
            double[] key = unit(k[t], 1);
            double[] query = unit(q[t], 1 / Math.sqrt(q[t].length));
            for (int p = 0; p < width; p++) {
                double known = 0;
                for (int n = 0; n < h.length; n++) {
                    h[n][p] *= Math.exp(decay[t]);
                    known += h[n][p] * key[n];
                }
                for (int n = 0; n < h.length; n++) {
                    h[n][p] += key[n] * beta[t] * (v[t][p] - known);
                    out[t][p] += h[n][p] * query[n];
                }
            }
        }
        return out;
    }

    private static double[] unit(double[] vector, double scale) {
        double squares = 1e-6;
        for (double element : vector) {
            squares += element * element;
        }
        double[] result = new double[vector.length];
        for (int i = 0; i < vector.length; i++) {
            result[i] = vector[i] / Math.sqrt(squares) * scale;
        }
        return result;
    }
}

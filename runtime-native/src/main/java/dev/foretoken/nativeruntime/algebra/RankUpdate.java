package dev.foretoken.nativeruntime.algebra;

/**
 * Adds multiples of four vectors to four others: the one loop in which sums of outer products, column updates and products of matrices spend
 * their time. Written so that the compiler turns it into vector instructions; every element is computed by itself, so the bits do not depend
 * on that.
 */
public final class RankUpdate {

    /** Vectors either way. */
    public static final int SIZE = 4;

    private RankUpdate() {}

    /**
     * {@code into[r][j] += sum over t of factors[r * 4 + t] * terms[t][j]} for j from {@code from} to {@code to - 1}.
     *
     * @param into four vectors, none of them among the terms
     * @param terms from {@code first} on; behind the last one the factors are 0 and the last one is taken again
     */
    public static void add(float[][] into, float[] factors, float[][] terms, int first, int from, int to) {
        float[] x0 = terms[first];
        float[] x1 = terms[Math.min(first + 1, terms.length - 1)];
        float[] x2 = terms[Math.min(first + 2, terms.length - 1)];
        float[] x3 = terms[Math.min(first + 3, terms.length - 1)];
        for (int row = 0; row < SIZE; row++) {
            float[] sum = into[row];
            int at = row * SIZE;
            float f0 = factors[at];
            float f1 = factors[at + 1];
            float f2 = factors[at + 2];
            float f3 = factors[at + 3];
            for (int j = from; j < to; j++) {
                sum[j] = Math.fma(f3, x3[j], Math.fma(f2, x2[j], Math.fma(f1, x1[j], Math.fma(f0, x0[j], sum[j]))));
            }
        }
    }
}

package dev.foretoken.nativeruntime.compress;

import dev.foretoken.nativeruntime.exec.ActivationTap;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Sums of {@code x x'} over the inputs x of chosen matrices. Matrices that read one input share one sum. */
final class Moments implements ActivationTap {

    private final Set<MatrixRef> wanted;
    private final Map<List<Linear>, double[]> sums = new HashMap<>();
    private final Map<MatrixRef, double[]> of = new HashMap<>();

    Moments(Set<MatrixRef> wanted) {
        this.wanted = Set.copyOf(wanted);
    }

    @Override
    public void input(List<Linear> linears, Rows rows) {
        List<MatrixRef> read = linears.stream()
                .flatMap(linear -> linear.matrices().stream())
                .filter(wanted::contains)
                .toList();
        if (!read.isEmpty()) {
            int width = rows.width();
            double[] sum = sums.computeIfAbsent(linears, maps -> new double[Math.multiplyExact(width, width)]);
            read.forEach(ref -> of.putIfAbsent(ref, sum));
            add(sum, rows.toArray(), width);
        }
    }

    /** Every element adds up tokens in their order, whoever computes it; those above the diagonal are those below it. */
    private static void add(double[] sum, float[] rows, int width) {
        double[] wide = new double[rows.length];
        for (int i = 0; i < rows.length; i++) {
            wide[i] = rows[i];
        }
        IntStream.range(0, width).parallel().forEach(i -> {
            int at = i * width;
            for (int first = 0; first < wide.length; first += width) {
                double x = wide[first + i];
                for (int j = 0; j <= i; j++) {
                    sum[at + j] += x * wide[first + j];
                }
            }
        });
    }

    private static double[] mirrored(double[] sum) {
        int width = (int) Math.round(Math.sqrt(sum.length));
        double[] whole = sum.clone();
        for (int i = 0; i < width; i++) {
            for (int j = 0; j < i; j++) {
                whole[j * width + i] = whole[i * width + j];
            }
        }
        return whole;
    }

    /** [inputs, inputs]. */
    double[] of(MatrixRef ref) {
        double[] sum = of.get(ref);
        if (sum == null) {
            throw new IllegalArgumentException("nothing reads " + ref);
        }
        return mirrored(sum);
    }
}

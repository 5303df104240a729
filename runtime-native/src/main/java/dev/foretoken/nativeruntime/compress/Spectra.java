package dev.foretoken.nativeruntime.compress;

import dev.foretoken.nativeruntime.algebra.RankSpectrum;
import dev.foretoken.nativeruntime.build.Finished;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.weights.WeightNumbers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decompositions of the matrices of a base, one file each in the scratch folder. */
final class Spectra {

    /** Second moments that are held at once. */
    private static final long MOMENT_BYTES = 1L << 30;

    private final Reading reading;
    private final boolean aware;
    private final Finished finished;
    private final List<MatrixRef> matrices;
    private final Map<MatrixRef, double[]> energies = new HashMap<>();

    /** {@code aware}: whether errors count by what reaches a matrix when the calibration is read. */
    Spectra(Reading reading, boolean aware, Finished finished, Iterable<MatrixRef> matrices) {
        this.reading = reading;
        this.aware = aware;
        this.finished = finished;
        this.matrices = new ArrayList<>();
        matrices.forEach(this.matrices::add);
    }

    boolean aware() {
        return aware;
    }

    List<MatrixRef> matrices() {
        return List.copyOf(matrices);
    }

    /** Largest rank that makes a matrix smaller. */
    static int most(MatrixRef ref) {
        long breakEven = ref.elements() / (ref.rows() + ref.columns());
        long smaller = breakEven * (ref.rows() + ref.columns()) == ref.elements() ? breakEven - 1 : breakEven;
        return (int) Math.max(1, smaller);
    }

    /** Squared singular values, descending. */
    double[] energies(MatrixRef ref) {
        return energies.get(ref);
    }

    /** Decomposes what was not decomposed before. */
    void compute() {
        List<MatrixRef> group = new ArrayList<>();
        long bytes = 0;
        for (MatrixRef ref : matrices) {
            long own = aware ? (long) ref.columns() * ref.columns() * Double.BYTES : 0;
            if (bytes + own > MOMENT_BYTES && !group.isEmpty()) {
                compute(group);
                group.clear();
                bytes = 0;
            }
            group.add(ref);
            bytes += own;
        }
        compute(group);
    }

    private void compute(List<MatrixRef> group) {
        Set<MatrixRef> missing = new LinkedHashSet<>();
        for (MatrixRef ref : group) {
            if (!finished.has(stage(ref, "energies"))) {
                missing.add(ref);
            }
        }
        Moments moments = null;
        if (aware && !missing.isEmpty()) {
            moments = new Moments(missing);
            reading.run("summing up inputs of matrices", moments);
        }
        for (MatrixRef ref : group) {
            compute(ref, moments);
        }
    }

    private void compute(MatrixRef ref, @Nullable Moments moments) {
        reading.job().step("decomposing matrices", matrices.indexOf(ref), matrices.size());
        energies.put(ref, finished.numbers(stage(ref, "energies"), () -> {
            double[] moment = moments == null ? null : moments.of(ref);
            float[] weight = new WeightNumbers(reading.job().weights()).matrix(ref);
            RankSpectrum spectrum = RankSpectrum.of(weight, ref.rows(), ref.columns(), moment, most(ref));
            finished.floats(stage(ref, "up"), spectrum::up);
            finished.floats(stage(ref, "down"), spectrum::down);
            return spectrum.energies();
        }));
    }

    private String stage(MatrixRef ref, String what) {
        return "%s-%d".formatted(what, matrices.indexOf(ref));
    }

    /** {@code down} and {@code up} of a rank. */
    List<float[]> factors(MatrixRef ref, int rank) {
        int most = most(ref);
        float[] up = read(ref, "up");
        float[] narrow = new float[ref.rows() * rank];
        for (int row = 0; row < ref.rows(); row++) {
            System.arraycopy(up, row * most, narrow, row * rank, rank);
        }
        float[] low = new float[rank * ref.columns()];
        System.arraycopy(read(ref, "down"), 0, low, 0, low.length);
        return List.of(low, narrow);
    }

    private float[] read(MatrixRef ref, String what) {
        return finished.floats(stage(ref, what), () -> {
            throw new IllegalStateException("the factors of %s were removed from the scratch folder".formatted(ref));
        });
    }
}

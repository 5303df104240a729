package dev.foretoken.nativeruntime.compress;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.algebra.RankSpectrum;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoublePredicate;

/** Which rank every matrix gets; those that would not get smaller get none. */
record RankChoice(Spectra spectra) {

    private static final int HALVINGS = 50;

    /** The smallest ranks that keep a share of the energy of each matrix. */
    Map<MatrixRef, Integer> byEnergy(double share) {
        Map<MatrixRef, Integer> ranks = new LinkedHashMap<>();
        for (MatrixRef ref : spectra.matrices()) {
            int rank = RankSpectrum.rank(spectra.energies(ref), share);
            if ((long) rank * (ref.rows() + ref.columns()) < ref.elements()) {
                ranks.put(ref, rank);
            }
        }
        return ranks;
    }

    /**
     * The largest share of energy, one for all matrices, with which all numbers of the model become no more than a share of what they are.
     *
     * @param numbers of the whole model
     */
    double energyOf(double size, long numbers) {
        DoublePredicate fits = share -> numbers - saved(byEnergy(share)) <= size * numbers;
        if (fits.test(1)) {
            return 1;
        }
        if (!fits.test(0)) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "even rank 1 of all %d matrices leaves %.3f of the model's numbers; ask for a larger size, or for more tensors"
                            .formatted(spectra.matrices().size(), 1 - saved(byEnergy(0)) / (double) numbers));
        }
        double low = 0;
        double high = 1;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (fits.test(middle)) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static long saved(Map<MatrixRef, Integer> ranks) {
        long saved = 0;
        for (Map.Entry<MatrixRef, Integer> entry : ranks.entrySet()) {
            MatrixRef ref = entry.getKey();
            saved += ref.elements() - (long) entry.getValue() * (ref.rows() + ref.columns());
        }
        return saved;
    }
}

package dev.foretoken.nativeruntime.predict;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.algebra.PairedSums;
import dev.foretoken.nativeruntime.algebra.RidgeMap;
import java.util.Arrays;
import java.util.Optional;

/**
 * A map of keys, or of values, of one layer.
 *
 * @param error on text that was held out, in parts of the spread of what is predicted: 0 is perfect, 1 as good as always saying the mean
 * @param penalty with which that was least
 * @param map fitted on all text with this penalty
 */
record FittedMap(double error, double penalty, RidgeMap map) {

    private static final double[] PENALTIES = {1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1};

    /** Without a search: what layers are compared by. */
    private static final double USUAL = 1e-4;

    /** The error of the map with a penalty that usually serves; infinite where none can be fitted. */
    static double usualError(PairSums.Split sums) {
        return RidgeMap.fit(sums.fitted(), USUAL)
                .map(map -> map.relativeError(sums.heldOut()))
                .orElse(Double.POSITIVE_INFINITY);
    }

    /** @throws ForetokenException MODEL_UNSUPPORTED where what is captured is not finite */
    static FittedMap of(PairSums.Split sums, String where) {
        double best = Double.POSITIVE_INFINITY;
        double penalty = USUAL;
        for (double tried : PENALTIES) {
            Optional<RidgeMap> map = RidgeMap.fit(sums.fitted(), tried);
            double error = map.isPresent() ? map.get().relativeError(sums.heldOut()) : Double.POSITIVE_INFINITY;
            if (error < best) {
                best = error;
                penalty = tried;
            }
        }
        PairedSums all = sums.fitted().plus(sums.heldOut());
        Optional<RidgeMap> map = RidgeMap.fit(all, penalty);
        if (best == Double.POSITIVE_INFINITY || map.isEmpty()) {
            throw new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "kvp: no map can be fitted for %s: its numbers are not finite".formatted(where));
        }
        return new FittedMap(best, penalty, map.get());
    }

    /** As one list, which {@link #of(double[], int)} reads. */
    double[] numbers() {
        double[] weight = map.weight();
        double[] bias = map.bias();
        double[] all = new double[2 + weight.length + bias.length];
        all[0] = error;
        all[1] = penalty;
        System.arraycopy(weight, 0, all, 2, weight.length);
        System.arraycopy(bias, 0, all, 2 + weight.length, bias.length);
        return all;
    }

    /** {@code targets}: width of what is predicted. */
    static FittedMap of(double[] numbers, int targets) {
        int bias = numbers.length - targets;
        RidgeMap map = new RidgeMap(
                Arrays.copyOfRange(numbers, 2, bias), Arrays.copyOfRange(numbers, bias, numbers.length), numbers[1]);
        return new FittedMap(numbers[0], numbers[1], map);
    }
}

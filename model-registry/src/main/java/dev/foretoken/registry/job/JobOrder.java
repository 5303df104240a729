package dev.foretoken.registry.job;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.name.Names;
import dev.foretoken.registry.name.VariantRef;
import java.util.List;
import java.util.Map;

/**
 * A variant that somebody wants.
 *
 * @param parent what is built from
 * @param name of the new variant, in the same version
 * @param method one of the workshop's
 * @param parameters of the method; may be empty
 * @param calibration token ids of sequences of the parent's vocabulary; may be empty where the method needs none
 * @param threads that compute; 0: as many as the machine that builds has
 */
public record JobOrder(
        VariantRef parent,
        String name,
        String method,
        Map<String, String> parameters,
        List<int[]> calibration,
        int threads) {
    private static final int MOST_THREADS = 1024;
    private static final int LONGEST_METHOD = 100;

    /** @throws ForetokenException INVALID_REQUEST */
    public JobOrder {
        Names.requireNewVariant(name);
        parameters = Map.copyOf(parameters);
        calibration = List.copyOf(calibration);
        if (parent.isAuto()) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST, "a build starts from one variant: name it instead of 'auto'");
        }
        if (method.isEmpty() || method.length() > LONGEST_METHOD) {
            throw new ForetokenException(ErrorCode.INVALID_REQUEST, "a build needs the name of a method");
        }
        if (threads < 0 || threads > MOST_THREADS) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST, "threads=" + threads + ", must be in [0, " + MOST_THREADS + "]");
        }
    }
}

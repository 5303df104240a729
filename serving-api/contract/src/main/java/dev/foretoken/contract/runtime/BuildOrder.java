package dev.foretoken.contract.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What to build.
 *
 * @param method a {@link BuildMethod#name}
 * @param parameters by {@link BuildParameter#name}
 * @param calibration token ids of sequences of the base's vocabulary, begin tokens included; may be empty where the method needs none
 * @param output an existing folder without files; holds the variant's files afterwards
 * @param scratch an existing folder that only builds of this order see; outlives an interrupted build
 * @param threads that compute, at least 1; the result does not depend on it
 */
public record BuildOrder(
        ModelSource base,
        String method,
        Map<String, String> parameters,
        List<int[]> calibration,
        Path output,
        Path scratch,
        int threads) {

    public BuildOrder {
        parameters = Map.copyOf(parameters);
        calibration = List.copyOf(calibration);
        if (threads < 1) {
            throw new IllegalArgumentException("threads=" + threads + ", must be at least 1");
        }
    }
}

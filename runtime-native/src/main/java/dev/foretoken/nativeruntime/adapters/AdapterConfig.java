package dev.foretoken.nativeruntime.adapters;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code adapter_config.json} says.
 *
 * @param rank of modules that {@code ranks} does not name
 * @param alpha of modules that {@code alphas} does not name
 * @param rankStabilized whether the addition is scaled by alpha / sqrt(rank) (Kalajdzievski 2023), not by alpha / rank (Hu 2021)
 * @param transposed {@code fan_in_fan_out}: the base stores its maps as [inputs, outputs]
 * @param targets ends of the names of modules; empty: a pattern was given, and the tensors alone say which they are
 * @param ranks by module name or end of one
 * @param alphas by module name or end of one
 */
record AdapterConfig(
        int rank,
        double alpha,
        boolean rankStabilized,
        boolean transposed,
        Optional<List<String>> targets,
        Map<String, Double> ranks,
        Map<String, Double> alphas) {

    AdapterConfig {
        targets = targets.map(List::copyOf);
    }

    int rank(String module) {
        return (int) of(ranks, module, rank);
    }

    float scale(String module) {
        double own = rank(module);
        return (float) (of(alphas, module, alpha) / (rankStabilized ? Math.sqrt(own) : own));
    }

    boolean mayTarget(String module) {
        return targets.isEmpty() || targets.get().stream().anyMatch(target -> ends(module, target));
    }

    private static double of(Map<String, Double> pattern, String module, double otherwise) {
        for (Map.Entry<String, Double> entry : pattern.entrySet()) {
            if (ends(module, entry.getKey())) {
                return entry.getValue();
            }
        }
        return otherwise;
    }

    /** Whether the name is of this module, or of one in it. */
    private static boolean ends(String module, String name) {
        return module.equals(name) || module.endsWith("." + name);
    }
}

package dev.foretoken.routing.variant;

import static dev.foretoken.contract.ConfigCheck.require;

import java.util.List;
import java.util.Optional;

/**
 * What else may answer requests of one served name than the variant that it leads to.
 *
 * @param alias the served name
 * @param canaries tried in order; their weights sum up to at most 1
 */
public record VariantRollout(
        String alias, Optional<LoadRule> underLoad, List<CanaryRule> canaries, Optional<ShadowRule> shadow) {

    private static final int MOST_CANARIES = 16;

    public VariantRollout {
        canaries = List.copyOf(canaries);
        require(!alias.isBlank(), "rollouts", alias, "keyed by served names");
        require(canaries.size() <= MOST_CANARIES, "canary", canaries.size(), "a list of at most " + MOST_CANARIES);
        double sum = canaries.stream().mapToDouble(CanaryRule::weight).sum();
        require(sum <= 1, "canary.weight", sum, "at most 1 in sum for " + alias);
    }
}

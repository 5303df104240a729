package dev.foretoken.routing.variant;

import static dev.foretoken.contract.ConfigCheck.require;

import java.util.Optional;

/**
 * Who is answered by a variant on trial.
 *
 * @param variant by its name within the version, or a whole served name
 * @param weight share of all requests, 0 to 1
 * @param header asks for it whatever the weight
 * @param by what a share is counted in
 */
public record CanaryRule(String variant, double weight, Optional<HeaderMatch> header, By by) {

    /** What stays on one side for as long as weights stay. */
    public enum By {
        REQUEST,
        TENANT,
    }

    public CanaryRule {
        require(!variant.isBlank(), "canary.variant", variant, "the name of a variant");
        require(weight >= 0 && weight <= 1, "canary.weight", weight, "in [0, 1]");
        require(weight > 0 || header.isPresent(), "canary", "{}", "given a weight, a header or both");
    }
}

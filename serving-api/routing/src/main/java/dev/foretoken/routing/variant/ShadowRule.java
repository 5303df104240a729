package dev.foretoken.routing.variant;

import static dev.foretoken.contract.ConfigCheck.require;
import static dev.foretoken.contract.ConfigCheck.requireRange;

/**
 * Which requests another variant answers too, for nobody.
 *
 * @param variant by its name within the version, or a whole served name
 * @param share of the requests, 0 to 1
 * @param maxConcurrent shadows under way at once; more are left out
 * @param maxTokens tokens of an answer that are compared; a longer one is cut there
 */
public record ShadowRule(String variant, double share, int maxConcurrent, int maxTokens, ShadowLimits limits) {

    public ShadowRule {
        require(!variant.isBlank(), "shadow.variant", variant, "the name of a variant");
        require(share > 0 && share <= 1, "shadow.share", share, "above 0 and at most 1");
        requireRange("shadow.max_concurrent", maxConcurrent, 1, 1024);
        requireRange("shadow.max_tokens", maxTokens, 1, 65_536);
    }
}

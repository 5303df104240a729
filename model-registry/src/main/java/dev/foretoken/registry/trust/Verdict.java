package dev.foretoken.registry.trust;

import java.util.List;
import java.util.Optional;

/**
 * What the signatures of a variant are worth under a policy.
 *
 * @param key the trusted key that signed it; empty when none did
 * @param findings one sentence for each signature that does not count, or that there is none
 */
public record Verdict(TrustPolicy policy, Optional<PublicHalf> key, List<String> findings) {

    public Verdict {
        findings = List.copyOf(findings);
    }

    /** Whether a trusted key signed exactly this variant. */
    public boolean signed() {
        return key.isPresent();
    }

    /** Whether the variant may be loaded. */
    public boolean allowed() {
        return policy != TrustPolicy.REQUIRE || signed();
    }

    /** Whether somebody should be told: the policy is to warn, and there is something to say. */
    public boolean warns() {
        return policy == TrustPolicy.WARN && !signed();
    }

    /** For people, one line. */
    public String sentence() {
        return key.map(half -> "signed by " + half.name()).orElseGet(() -> String.join("; ", findings));
    }
}

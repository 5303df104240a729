package dev.foretoken.registry.trust;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Quoted;
import java.util.Locale;

/** What becomes of a variant without a signature by a trusted key. */
public enum TrustPolicy {
    /** Signatures are not looked at. */
    NONE,
    /** It is loaded, and said. */
    WARN,
    /** It is not loaded. */
    REQUIRE,
    ;

    /** @throws ForetokenException CONFIG_INVALID for anything but {@code none}, {@code warn}, {@code require} */
    public static TrustPolicy parse(String text) {
        for (TrustPolicy policy : values()) {
            if (policy.text().equals(text)) {
                return policy;
            }
        }
        throw new ForetokenException(
                ErrorCode.CONFIG_INVALID,
                "the policy for signatures is " + Quoted.of(text) + ", must be none, warn or require");
    }

    /** As written in configuration: lower case. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}

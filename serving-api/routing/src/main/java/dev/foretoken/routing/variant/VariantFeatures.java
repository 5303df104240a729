package dev.foretoken.routing.variant;

import java.util.Optional;
import java.util.Set;

/**
 * What is looked at when a request's variant is chosen.
 *
 * @param requestId as the caller or the edge named it
 * @param consents whether the caller takes a cheaper variant under load
 * @param bound whether the request belongs to a conversation whose state lies with the variant that the name leads to
 * @param headers those of the rules' headers that the request carries with the value that they ask for
 * @param able names of the rules' variants that can answer this request now
 * @param offer the cheaper variant; empty: there is no rule, or none is measured, good enough and ready
 * @param overloaded whether the load switch is on
 */
public record VariantFeatures(
        String requestId,
        String tenant,
        boolean consents,
        boolean bound,
        Set<HeaderMatch> headers,
        Set<String> able,
        Optional<String> offer,
        boolean overloaded) {

    public VariantFeatures {
        headers = Set.copyOf(headers);
        able = Set.copyOf(able);
    }
}

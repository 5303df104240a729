package dev.foretoken.contract.runtime;

import java.util.Set;

/**
 * What the scheduler must respect.
 *
 * @param maxRows rows in one step
 * @param maxTokens tokens in one step over all rows
 * @param stepsInFlight steps that may be begun before the oldest is awaited; 1 = synchronous
 */
public record Capabilities(Set<Feature> features, int maxRows, int maxTokens, int stepsInFlight) {
    public Capabilities {
        features = Set.copyOf(features);
    }

    public boolean has(Feature feature) {
        return features.contains(feature);
    }
}

package dev.foretoken.contract.request;

import java.time.Duration;
import java.util.Optional;

/**
 * What the request may cost others, and how long its answer is worth something.
 *
 * @param timeout from admission to the last token; after it the sequence ends with DEADLINE_EXCEEDED, never with a fake length
 * @param ttftObjective time to first token the caller hopes for; steers {@link PrefillMode#AUTO} and routing, never ends a request
 * @param weight share of its tenant among the tenants of its class that want more than there is, from the identity only: in [1,
 *     {@link #MAX_WEIGHT}], {@link #DEFAULT_WEIGHT} unless an operator says otherwise
 */
public record ServiceLevel(
        Priority priority, Optional<Duration> timeout, Optional<Duration> ttftObjective, int weight) {

    public static final int DEFAULT_WEIGHT = 100;
    public static final int MAX_WEIGHT = 10_000;

    public static final ServiceLevel DEFAULT = new ServiceLevel(Priority.NORMAL, Optional.empty(), Optional.empty());

    public ServiceLevel {
        if (weight < 1 || weight > MAX_WEIGHT) {
            throw new IllegalArgumentException("weight=" + weight + ", must be in [1, " + MAX_WEIGHT + "]");
        }
    }

    /** Of a tenant like any other. */
    public ServiceLevel(Priority priority, Optional<Duration> timeout, Optional<Duration> ttftObjective) {
        this(priority, timeout, ttftObjective, DEFAULT_WEIGHT);
    }

    public ServiceLevel withTimeout(Duration time) {
        return new ServiceLevel(priority, Optional.of(time), ttftObjective, weight);
    }

    public ServiceLevel withPriority(Priority newPriority) {
        return new ServiceLevel(newPriority, timeout, ttftObjective, weight);
    }

    public ServiceLevel withWeight(int newWeight) {
        return new ServiceLevel(priority, timeout, ttftObjective, newWeight);
    }
}

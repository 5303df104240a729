package dev.foretoken.contract.request;

import java.time.Duration;
import java.util.Optional;

/**
 * What the request may cost others, and how long its answer is worth something.
 *
 * @param timeout from admission to the last token; after it the sequence ends with DEADLINE_EXCEEDED, never with a fake length
 * @param ttftObjective time to first token the caller hopes for; steers {@link PrefillMode#AUTO} and routing, never ends a request
 */
public record ServiceLevel(Priority priority, Optional<Duration> timeout, Optional<Duration> ttftObjective) {
    public static final ServiceLevel DEFAULT = new ServiceLevel(Priority.NORMAL, Optional.empty(), Optional.empty());

    public ServiceLevel withTimeout(Duration time) {
        return new ServiceLevel(priority, Optional.of(time), ttftObjective);
    }

    public ServiceLevel withPriority(Priority newPriority) {
        return new ServiceLevel(newPriority, timeout, ttftObjective);
    }
}

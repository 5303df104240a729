package dev.foretoken.registry.gate;

import java.util.OptionalDouble;

/**
 * One limit and what was found.
 *
 * @param measured empty when there is nothing to compare
 * @param why for people: "max-kl: 0.08 is above 0.05"
 */
public record GateFinding(GateLimit limit, double bound, OptionalDouble measured, boolean passes, String why) {

    static GateFinding of(GateLimit limit, double bound, double measured) {
        if (Double.isNaN(measured)) {
            return missing(limit, bound, "it is no number");
        }
        boolean passes = limit.keeps(measured, bound);
        String side = passes ? "is within" : "is " + limit.wrongSide();
        return new GateFinding(
                limit,
                bound,
                OptionalDouble.of(measured),
                passes,
                "%s: %s %s %s".formatted(limit.text(), GateLimit.number(measured), side, GateLimit.number(bound)));
    }

    static GateFinding missing(GateLimit limit, double bound, String why) {
        return new GateFinding(
                limit,
                bound,
                OptionalDouble.empty(),
                false,
                "%s: %s (limit %s)".formatted(limit.text(), why, GateLimit.number(bound)));
    }
}

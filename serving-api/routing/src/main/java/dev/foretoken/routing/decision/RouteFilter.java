package dev.foretoken.routing.decision;

import java.util.Optional;

/**
 * Which decisions are wanted.
 *
 * @param model by its public name; empty = any
 * @param endpoint that was chosen; empty = any, or none
 * @param outcome empty = any
 */
public record RouteFilter(Optional<String> model, Optional<String> endpoint, Optional<RouteDecision.Outcome> outcome) {

    public static final RouteFilter ALL = new RouteFilter(Optional.empty(), Optional.empty(), Optional.empty());

    public boolean matches(RouteDecision decision) {
        return matchesButForOutcome(decision)
                && outcome.map(decision.outcome()::equals).orElse(true);
    }

    /** Of one whose outcome has changed, so that who knew it as it was hears of that. */
    boolean matchesButForOutcome(RouteDecision decision) {
        return model.map(decision.model()::equals).orElse(true)
                && (endpoint.isEmpty() || endpoint.equals(decision.endpoint()));
    }
}

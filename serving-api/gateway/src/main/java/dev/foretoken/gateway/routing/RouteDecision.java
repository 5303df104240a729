package dev.foretoken.gateway.routing;

import dev.foretoken.gateway.model.EngineEndpoint;
import java.util.List;

/**
 * Which engine a request went to, and what was known when that was decided.
 *
 * @param candidates every endpoint of the model in the order it was looked at
 */
public record RouteDecision(String model, EngineEndpoint chosen, List<Candidate> candidates) {

    public RouteDecision {
        candidates = List.copyOf(candidates);
    }

    /**
     * One endpoint as it was seen.
     *
     * @param ready whether it says that it can answer
     * @param sequences running and waiting there
     */
    public record Candidate(String endpoint, boolean ready, int sequences) {}

    /** One line for a log. */
    public String summary() {
        return model + " -> " + chosen.name() + " of " + candidates;
    }
}

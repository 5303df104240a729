package dev.foretoken.routing.decision;

import java.util.List;

/**
 * Decisions, newest first.
 *
 * @param complete whether nothing that was asked for is missing: neither forgotten, nor more than were asked for
 */
public record RoutePage(List<RouteDecision> decisions, boolean complete) {

    public RoutePage {
        decisions = List.copyOf(decisions);
    }
}

package dev.foretoken.routing.decision;

import java.util.List;

/**
 * Decisions, newest first.
 *
 * @param complete whether nothing that was asked for is missing: neither forgotten, nor more than were asked for
 * @param revision grows with every decision and every change of one; this page has all of them up to here
 */
public record RoutePage(List<RouteDecision> decisions, boolean complete, long revision) {

    public RoutePage {
        decisions = List.copyOf(decisions);
    }
}

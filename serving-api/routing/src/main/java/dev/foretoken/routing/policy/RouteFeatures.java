package dev.foretoken.routing.policy;

import java.util.List;

/**
 * Everything that a policy sees of one choice, so that a recorded one replays to the same choice.
 *
 * @param draw 64 random bits, the only chance that a policy has
 * @param promptTokens tokens of the prompt; 0 where there is none to compute
 * @param candidates the engines looked at, in the order of the view they came from
 */
public record RouteFeatures(long draw, int promptTokens, List<CandidateFeatures> candidates) {

    public RouteFeatures {
        candidates = List.copyOf(candidates);
    }
}

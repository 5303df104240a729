package dev.foretoken.routing.decision;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.routing.policy.CandidateFeatures;
import dev.foretoken.routing.policy.RouteFeatures;
import dev.foretoken.routing.policy.WhyNot;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Which engine a request went to, or why to none, and everything that the policy saw when it chose: numbers and names of engines, never a
 * prompt.
 *
 * @param id what the answer calls it; nobody can guess it
 * @param model empty where the request was turned away before its model was looked at
 * @param tenant whose request it was; empty where nobody said
 * @param cause why an engine was looked for
 * @param chosen index of the chosen candidate; -1 where none could be asked
 * @param candidates none where the request was turned away before a choice
 * @param refusal what the request was refused with, by the gateway or by the chosen engine; empty = that engine took it
 */
public record RouteDecision(
        String id,
        Instant at,
        String model,
        String tenant,
        Cause cause,
        String policy,
        long draw,
        int promptTokens,
        int chosen,
        List<Candidate> candidates,
        Optional<ErrorCode> refusal) {

    public RouteDecision {
        candidates = List.copyOf(candidates);
    }

    /** Why an engine is looked for. */
    public enum Cause {
        /** The request has come. */
        REQUEST,
        /** An engine refused it, or was lost before it gave anything. */
        RETRY,
        /** An engine was lost that had given something. */
        MIGRATION,
        /** The engine that has it is slow: whichever is first answers. */
        HEDGE,
    }

    /** What became of the request, as far as the decision goes. */
    public enum Outcome {
        /** The chosen engine took it. */
        SENT,
        REFUSED,
    }

    /**
     * One engine as it was seen.
     *
     * @param score what the policy compared it by, less is better; NaN where it compared nothing
     * @param whyNot empty for the chosen one
     */
    public record Candidate(String endpoint, CandidateFeatures seen, double score, Optional<WhyNot> whyNot) {}

    /** What the policy saw. */
    public RouteFeatures features() {
        return new RouteFeatures(
                draw, promptTokens, candidates.stream().map(Candidate::seen).toList());
    }

    /** The engine that was chosen; empty where none could be asked. */
    public Optional<String> endpoint() {
        return chosen < 0
                ? Optional.empty()
                : Optional.of(candidates.get(chosen).endpoint());
    }

    public Outcome outcome() {
        return refusal.isPresent() ? Outcome.REFUSED : Outcome.SENT;
    }

    /** The same, of a request that was refused. */
    public RouteDecision refused(ErrorCode why) {
        return new RouteDecision(
                id, at, model, tenant, cause, policy, draw, promptTokens, chosen, candidates, Optional.of(why));
    }
}

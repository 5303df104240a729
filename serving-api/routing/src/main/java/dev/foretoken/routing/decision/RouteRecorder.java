package dev.foretoken.routing.decision;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.routing.decision.RouteDecision.Candidate;
import dev.foretoken.routing.fleet.FleetLook;
import dev.foretoken.routing.policy.RouteFeatures;
import dev.foretoken.routing.policy.RoutePolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes decisions with one policy. */
public record RouteRecorder(RoutePolicy policy) {

    /** Who asks, and why. */
    public record Caller(String id, Instant at, String model, String tenant, RouteDecision.Cause cause) {

        /** Whose request has just come. */
        public Caller(String id, Instant at, String model, String tenant) {
            this(id, at, model, tenant, RouteDecision.Cause.REQUEST);
        }
    }

    /** Chooses, and says why not the others. */
    public RouteDecision decide(Caller caller, FleetLook look) {
        RouteFeatures features = look.features();
        int chosen = policy.choose(features);
        List<Candidate> candidates = new ArrayList<>(features.candidates().size());
        for (int i = 0; i < features.candidates().size(); i++) {
            candidates.add(new Candidate(
                    look.endpoints().get(i),
                    features.candidates().get(i),
                    policy.score(features, i),
                    i == chosen ? Optional.empty() : Optional.of(policy.whyNot(features, i))));
        }
        return new RouteDecision(
                caller.id(),
                caller.at(),
                caller.model(),
                caller.tenant(),
                caller.cause(),
                policy.name(),
                features.draw(),
                features.promptTokens(),
                chosen,
                candidates,
                Optional.empty());
    }

    /** Of a request for which no engine was looked for. */
    public RouteDecision turnAway(Caller caller, ErrorCode why) {
        return new RouteDecision(
                caller.id(),
                caller.at(),
                caller.model(),
                caller.tenant(),
                caller.cause(),
                policy.name(),
                0,
                0,
                -1,
                List.of(),
                Optional.of(why));
    }
}

package dev.foretoken.gateway.routing;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.routing.decision.RouteDecision;
import dev.foretoken.routing.policy.Standing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Chooses engines for requests that somebody else sends there, and counts them as if they were sent from here. */
public final class PickedCalls {

    /** Engines that are named behind the chosen one, for a sender that cannot reach it. */
    private static final int FALLBACKS = 2;

    private final EngineRouter router;

    public PickedCalls(EngineRouter router) {
        this.router = router;
    }

    /**
     * Chooses; the request counts at the chosen engine from now on.
     *
     * @param sequences that it asks for
     * @throws ForetokenException REPLICA_UNAVAILABLE where no engine is ready, or could load the model
     */
    public PickedCall pick(RouteQuery query, int sequences) {
        AskedRoute asked = AskedRoute.choose(router, query);
        Route route = asked.route();
        if (!canAnswer(route.standing())) {
            asked.call().released(router.now());
            router.records().refused(route.id(), ErrorCode.REPLICA_UNAVAILABLE);
            throw new ForetokenException(
                            ErrorCode.REPLICA_UNAVAILABLE,
                            "no endpoint is ready for model '" + query.model().publicName() + "'; try again shortly")
                    .withRetryAfter(Duration.ofSeconds(1));
        }
        List<EngineEndpoint> order = new ArrayList<>(List.of(route.chosen()));
        order.addAll(fallbacks(query, route.decision()));
        return new PickedCall(router, asked, order, sequences);
    }

    /** One that failed of late is asked where there is no other, as by requests that are sent from here. */
    private static boolean canAnswer(Standing standing) {
        return switch (standing) {
            case READY, LOADABLE, BREAKER_OPEN -> true;
            case DRAINING, LACKS_ADAPTER, NOT_READY, EXCLUDED -> false;
        };
    }

    /** The best of the others that are ready. */
    private static List<EngineEndpoint> fallbacks(RouteQuery query, RouteDecision decision) {
        Map<String, EngineEndpoint> known = query.model().endpoints().stream()
                .collect(Collectors.toMap(EngineEndpoint::name, Function.identity(), (one, same) -> one));
        String chosen = decision.endpoint().orElse("");
        return decision.candidates().stream()
                .filter(candidate -> candidate.seen().standing() == Standing.READY)
                .filter(candidate -> !candidate.endpoint().equals(chosen) && known.containsKey(candidate.endpoint()))
                .sorted(Comparator.comparingDouble(RouteDecision.Candidate::score))
                .limit(FALLBACKS)
                .map(candidate -> known.get(candidate.endpoint()))
                .toList();
    }
}

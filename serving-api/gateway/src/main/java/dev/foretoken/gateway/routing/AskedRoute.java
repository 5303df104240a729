package dev.foretoken.gateway.routing;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.routing.health.EndpointCall;
import dev.foretoken.routing.health.EndpointHealth;
import java.util.Optional;

/** A chosen engine, and the request as its health knows it. */
record AskedRoute(Route route, EndpointCall call) {

    /** So often a choice is made again that another request was sooner with. */
    private static final int LOOKS = 3;

    /**
     * Where another request tries meanwhile whether a chosen engine is well again, the choice is made once more.
     *
     * @throws dev.foretoken.contract.ForetokenException as {@link EngineRouter#choose}
     */
    static AskedRoute choose(EngineRouter router, RouteQuery query) {
        for (int look = 1; ; look++) {
            Route route = router.choose(query);
            EndpointHealth health = router.health().of(route.chosen().name());
            long now = router.now();
            Optional<EndpointCall> call =
                    route.isReady() && look < LOOKS ? health.tryAsk(now) : Optional.of(health.asked(now));
            if (call.isPresent()) {
                return new AskedRoute(route, call.get());
            }
            router.records().refused(route.id(), ErrorCode.REPLICA_UNAVAILABLE); // It is tried by another.
        }
    }
}

package dev.foretoken.gateway.routing;

import dev.foretoken.routing.fleet.FleetConfig;
import dev.foretoken.routing.health.HealthBook;
import dev.foretoken.routing.policy.RouteFeatures;
import dev.foretoken.routing.policy.RoutePolicies;
import dev.foretoken.routing.policy.RoutePolicy;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Routers without chance. */
final class GivenRouters {

    private GivenRouters() {}

    /** A decision takes two numbers for its id, which differ, and one to draw with: the first of equals is chosen. */
    static EngineRouter firstOfEquals(LongSupplier clock, HealthBook health) {
        return firstOfEquals(clock, health, RoutingConfig.DEFAULT);
    }

    /** The same, but no other engine is worth asking where one is full. */
    static EngineRouter noneInstead(LongSupplier clock, HealthBook health) {
        return firstOfEquals(
                clock, health, new RoutingConfig(new NoneInstead(RoutePolicies.DEFAULT), FleetConfig.DEFAULT, 16));
    }

    private record NoneInstead(RoutePolicy policy) implements RoutePolicy {
        @Override
        public String name() {
            return policy.name();
        }

        @Override
        public int choose(RouteFeatures features) {
            return policy.choose(features);
        }

        @Override
        public boolean isWorthInstead(RouteFeatures features, int full, int other) {
            return false;
        }

        @Override
        public double score(RouteFeatures features, int candidate) {
            return policy.score(features, candidate);
        }
    }

    private static EngineRouter firstOfEquals(LongSupplier clock, HealthBook health, RoutingConfig config) {
        AtomicLong taken = new AtomicLong();
        return new EngineRouter(
                config,
                new RouteSources(
                        () -> Instant.EPOCH,
                        clock,
                        health,
                        () -> taken.incrementAndGet() % 3 == 0 ? 0 : taken.get(),
                        Optional.empty()));
    }
}

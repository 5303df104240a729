package dev.foretoken.gateway.routing;

import dev.foretoken.routing.health.HealthBook;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Routers without chance. */
final class GivenRouters {

    private GivenRouters() {}

    /** A decision takes two numbers for its id, which differ, and one to draw with: the first of equals is chosen. */
    static EngineRouter firstOfEquals(LongSupplier clock, HealthBook health) {
        AtomicLong taken = new AtomicLong();
        return new EngineRouter(
                RoutingConfig.DEFAULT,
                new RouteSources(
                        () -> Instant.EPOCH,
                        clock,
                        health,
                        () -> taken.incrementAndGet() % 3 == 0 ? 0 : taken.get(),
                        Optional.empty()));
    }
}

package dev.foretoken.gateway.routing;

import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.routing.health.HealthBook;
import dev.foretoken.routing.health.HealthConfig;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Sends requests to engines such that callers do not notice when one of them is full, leaves or dies, as far as that can be done. */
public final class RoutedCalls {

    private final EngineRouter router;
    private final HealthBook health;
    private final CallLimits limits;
    private final LongSupplier nanoClock;
    private final CallMetrics metrics;

    /** @param nanoClock monotonic, the same as that of {@code health} */
    public RoutedCalls(
            EngineRouter router, HealthBook health, CallLimits limits, LongSupplier nanoClock, Telemetry telemetry) {
        this.router = router;
        this.health = health;
        this.limits = limits;
        this.nanoClock = nanoClock;
        this.metrics = new CallMetrics(telemetry);
    }

    /** With everything at its default, for tools that have one engine. */
    public static RoutedCalls of(EngineRouter router, LongSupplier nanoClock) {
        return new RoutedCalls(
                router,
                new HealthBook(HealthConfig.DEFAULT, Telemetry.NONE, nanoClock),
                CallLimits.DEFAULT,
                nanoClock,
                Telemetry.NONE);
    }

    /**
     * Submits a request whose seed is fixed; its timeout counts from now.
     *
     * @param told the id of every decision before the request goes there
     * @throws dev.foretoken.contract.ForetokenException as {@link dev.foretoken.contract.engine.Engine#submit}, of the engine that was asked
     *     first, when no other took it
     */
    public RoutedGeneration open(ServedModel model, GenerationRequest request, Consumer<String> told) {
        long now = now();
        EngineSearch search = new EngineSearch(this, model, request, now, told);
        return new RoutedGeneration(this, search, search.first(), new Transcript(request, now));
    }

    EngineRouter router() {
        return router;
    }

    HealthBook health() {
        return health;
    }

    CallLimits limits() {
        return limits;
    }

    CallMetrics metrics() {
        return metrics;
    }

    long now() {
        return nanoClock.getAsLong();
    }
}

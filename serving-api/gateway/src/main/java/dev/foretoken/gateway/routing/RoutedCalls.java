package dev.foretoken.gateway.routing;

import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.routing.health.HealthBook;
import java.util.function.Consumer;

/** Sends requests to engines such that callers do not notice when one of them is full, leaves or dies, as far as that can be done. */
public final class RoutedCalls {

    private final EngineRouter router;
    private final CallLimits limits;
    private final CallMetrics metrics;

    public RoutedCalls(EngineRouter router, CallLimits limits, Telemetry telemetry) {
        this.router = router;
        this.limits = limits;
        this.metrics = new CallMetrics(telemetry);
    }

    /** With everything at its default, for tools that have one engine. */
    public static RoutedCalls of(EngineRouter router) {
        return new RoutedCalls(router, CallLimits.DEFAULT, Telemetry.NONE);
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
        return router.health();
    }

    CallLimits limits() {
        return limits;
    }

    CallMetrics metrics() {
        return metrics;
    }

    long now() {
        return router.now();
    }
}

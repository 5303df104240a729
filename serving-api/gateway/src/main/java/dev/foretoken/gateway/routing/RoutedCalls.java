package dev.foretoken.gateway.routing;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.engine.TensorEngine;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.routing.fleet.SentRequest;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Sends requests to engines such that callers do not notice when one of them is full, leaves or dies, as far as that can be done. */
public final class RoutedCalls {

    private final EngineRouter router;
    private final CallLimits limits;
    private final CallMetrics metrics;
    private final Hedging hedging;
    private final Refusals refusals;

    public RoutedCalls(EngineRouter router, CallLimits limits, Telemetry telemetry) {
        this(router, limits, telemetry, tenant -> () -> {});
    }

    /** @param places where the second request is counted of one that goes to two engines */
    public RoutedCalls(EngineRouter router, CallLimits limits, Telemetry telemetry, Hedging.SecondPlaces places) {
        this(
                router,
                limits,
                new CallMetrics(telemetry),
                new Hedging(
                        limits.hedgeAfter(),
                        Thread.ofVirtual().name("hedge-", 0).factory(),
                        places),
                (tenant, why) -> {});
    }

    private RoutedCalls(
            EngineRouter router, CallLimits limits, CallMetrics metrics, Hedging hedging, Refusals refusals) {
        this.router = router;
        this.limits = limits;
        this.metrics = metrics;
        this.hedging = hedging;
        this.refusals = refusals;
    }

    /** Who is told of requests that no engine took. */
    @FunctionalInterface
    public interface Refusals {
        void refused(String tenant, ErrorCode why);
    }

    /** The same, which tell {@code whom} of requests that no engine took. */
    public RoutedCalls tellingRefusals(Refusals whom) {
        return new RoutedCalls(router, limits, metrics, hedging, whom);
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
        EngineSearch search = new EngineSearch(this, Errand.of(model, request, told), now);
        Attempt first = first(search, request.identity().tenant(), Attempt.sending(request, model.engineModel()));
        return new RoutedGeneration(this, search, request, first, new Transcript(request, now));
    }

    /**
     * Runs a graph and blocks until its outputs are there; an interrupt cancels. A run changes nothing, so one that an engine refuses, or does not
     * answer any more, is made by another.
     *
     * @param tokens that it computes; 0 where it computes no texts
     * @param told the id of every decision before the request goes there
     * @throws dev.foretoken.contract.ForetokenException as {@link TensorEngine#infer}, of the engine that was asked first, when no other
     *     answered
     */
    public TensorAnswer infer(ServedModel model, TensorRequest request, int tokens, Consumer<String> told) {
        Errand errand = new Errand(
                model,
                request.identity().requestId(),
                RouteQuery.Work.run(request.identity().tenant(), tokens),
                request.service().timeout(),
                told);
        EngineSearch search = new EngineSearch(this, errand, now());
        return first(search, request.identity().tenant(), way -> answer(model, request, way));
    }

    private <T> T first(EngineSearch search, String tenant, Errand.Sender<T> sender) {
        try {
            return search.first(sender);
        } catch (ForetokenException refusal) {
            refusals.refused(tenant, refusal.code());
            throw refusal;
        }
    }

    private TensorAnswer answer(ServedModel model, TensorRequest request, Errand.Sending way) {
        TensorRequest timed = way.timeLeft()
                .map(left -> request.withService(request.service().withTimeout(left)))
                .orElse(request);
        SentRequest sent = way.route().sent(1);
        try {
            TensorAnswer answer = model.tensors(way.route().chosen()).infer(timed);
            way.call().succeeded(now());
            return answer;
        } catch (ForetokenException e) {
            if (EngineFaults.isFailure(e.code())) {
                way.call().failed(now());
            }
            throw e;
        } finally {
            sent.ended();
        }
    }

    /** What a model takes and makes: as the first engine says that can be asked. @throws dev.foretoken.contract.ForetokenException as it says */
    public TensorSignature signature(ServedModel model) {
        EngineEndpoint home = home(model, 0);
        Stream<EngineEndpoint> others = model.servingEndpoints().stream()
                .filter(endpoint -> !endpoint.name().equals(home.name()));
        ForetokenException refusal = null;
        for (EngineEndpoint endpoint :
                Stream.concat(Stream.of(home), others).limit(limits.attempts()).toList()) {
            try {
                return model.tensors(endpoint).signature(model.engineModel());
            } catch (ForetokenException e) {
                refusal = refusal == null ? e : refusal;
                if (!EngineFaults.isRecoverable(e.code())) {
                    break;
                }
            }
        }
        throw Objects.requireNonNull(refusal);
    }

    /**
     * The engine of everything that has one key, such as the caches of a stream.
     *
     * @throws dev.foretoken.contract.ForetokenException REPLICA_UNAVAILABLE while no engine is known
     */
    public EngineEndpoint home(ServedModel model, int key) {
        return router.home(model, key);
    }

    EngineRouter router() {
        return router;
    }

    CallLimits limits() {
        return limits;
    }

    Hedging hedging() {
        return hedging;
    }

    CallMetrics metrics() {
        return metrics;
    }

    long now() {
        return router.now();
    }
}

package dev.foretoken.gateway.routing;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.routing.health.EndpointCall;

/** A request in one engine, and what the engine's health learns of it. Used by the reading thread, but for cancelling. */
final class Attempt {

    private final Route route;
    private final String model;
    private final Generation generation;
    private final EndpointCall call;
    private final long openedAt;
    private boolean heard;
    private String numericsId = "";

    private Attempt(Route route, String model, Generation generation, EndpointCall call, long openedAt) {
        this.route = route;
        this.model = model;
        this.generation = generation;
        this.call = call;
        this.openedAt = openedAt;
    }

    /** A request that engines are sent, each with the time that is left. */
    static Errand.Sender<Attempt> sending(GenerationRequest request, String model) {
        return way -> {
            GenerationRequest timed = way.timeLeft()
                    .map(left -> request.withService(request.service().withTimeout(left)))
                    .orElse(request);
            return new Attempt(way.route(), model, way.route().submit(timed), way.call(), way.at());
        };
    }

    Route route() {
        return route;
    }

    EngineEndpoint endpoint() {
        return route.chosen();
    }

    Generation generation() {
        return generation;
    }

    long openedAt() {
        return openedAt;
    }

    /** It has sent something: which numerics it computes with is known from now on, also when it is lost. */
    void heard(long now) {
        if (!heard) {
            heard = true;
            call.succeeded(now);
            numericsId = numericsId(endpoint(), model);
        }
    }

    void failed(ErrorCode code, long now) {
        if (EngineFaults.isFailure(code)) {
            call.failed(now);
        } else {
            call.released(now);
        }
    }

    /** Nobody waits for it any more: that says nothing of the engine. */
    void left(long now) {
        call.released(now);
    }

    /** Answers are bit-identical between engines with equal ids; empty = not known. */
    String numericsId() {
        return numericsId;
    }

    static String numericsId(EngineEndpoint endpoint, String model) {
        return endpoint.info(model)
                .map(ModelInfo::computation)
                .map(ModelInfo.Computation::numericsId)
                .orElse("");
    }
}

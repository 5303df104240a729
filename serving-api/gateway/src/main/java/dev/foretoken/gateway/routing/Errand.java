package dev.foretoken.gateway.routing;

import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.routing.health.EndpointCall;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A request for which engines are looked for.
 *
 * @param id of the request, for logs
 * @param timeout from when it came
 * @param told the id of every decision before the request goes there
 */
record Errand(ServedModel model, String id, RouteQuery.Work work, Optional<Duration> timeout, Consumer<String> told) {

    static Errand of(ServedModel model, GenerationRequest request, Consumer<String> told) {
        return new Errand(
                model,
                request.identity().requestId(),
                RouteQuery.Work.of(request),
                request.service().timeout(),
                told);
    }

    /** Hands a request to the engine that was chosen. */
    @FunctionalInterface
    interface Sender<T> {
        /** @throws dev.foretoken.contract.ForetokenException where the engine does not take it */
        T send(Sending sending);
    }

    /**
     * One way there.
     *
     * @param call what the engine's health is told; refusals are told by whoever looks for engines
     * @param at now, on the router's clock
     * @param timeLeft of the timeout, for an engine that is not the first; empty = the request says it as it is
     */
    record Sending(Route route, EndpointCall call, long at, Optional<Duration> timeLeft) {}
}

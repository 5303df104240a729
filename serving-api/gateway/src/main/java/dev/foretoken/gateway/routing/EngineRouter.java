package dev.foretoken.gateway.routing;

import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.routing.RouteDecision.Candidate;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Sends a request to the ready engine, one that has its adapter, with the fewest sequences; the first of equals, so that a decision can be
 * replayed from its record. When none is ready, the first that can load the model, else the
 * first of all: its refusal says why.
 */
public final class EngineRouter {

    public RouteDecision choose(ServedModel model) {
        List<Candidate> candidates = new ArrayList<>();
        int best = 0;
        for (EngineEndpoint endpoint : model.endpoints()) {
            candidates.add(look(endpoint, model));
            if (better(candidates.getLast(), candidates.get(best))) {
                best = candidates.size() - 1;
            }
        }
        if (!candidates.get(best).ready()) {
            best = loadable(model).orElse(best);
        }
        return new RouteDecision(model.name(), model.endpoints().get(best), candidates);
    }

    /** The first that would load the model for the request. */
    private static OptionalInt loadable(ServedModel model) {
        return IntStream.range(0, model.endpoints().size())
                .filter(i -> model.endpoints()
                        .get(i)
                        .info(model.engineModel())
                        .filter(info -> info.state() == ModelState.AVAILABLE || info.state() == ModelState.LOADING)
                        .isPresent())
                .findFirst();
    }

    private static Candidate look(EngineEndpoint endpoint, ServedModel model) {
        boolean ready = endpoint.info(model.engineModel())
                .filter(info -> info.state() == ModelState.READY)
                .filter(info -> model.adapter().map(info::hasAdapter).orElse(true))
                .isPresent();
        int sequences = endpoint.load(model.engineModel())
                .map(load -> load.running() + load.waiting())
                .orElse(0);
        return new Candidate(endpoint.name(), ready, sequences);
    }

    private static boolean better(Candidate one, Candidate other) {
        return one.ready() == other.ready() ? one.sequences() < other.sequences() : one.ready();
    }
}

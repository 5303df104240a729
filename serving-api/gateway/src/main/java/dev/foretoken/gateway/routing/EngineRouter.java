package dev.foretoken.gateway.routing;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.routing.RouteDecision.Candidate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Sends a request to the ready engine, one that has its adapter, with the fewest sequences; the first of equals, so that a decision can be
 * replayed from its record. When none is ready, the first that can load the model, else the
 * first of all: its refusal says why.
 */
public final class EngineRouter {

    /** @throws ForetokenException REPLICA_UNAVAILABLE while no engine is known */
    public RouteDecision choose(ServedModel model) {
        return choose(RouteQuery.of(model));
    }

    /** @throws ForetokenException REPLICA_UNAVAILABLE while no engine is known that is not excluded */
    public RouteDecision choose(RouteQuery query) {
        ServedModel model = query.model();
        List<EngineEndpoint> endpoints = endpoints(model).stream()
                .filter(endpoint -> !query.excluded().contains(endpoint.name()))
                .toList();
        if (endpoints.isEmpty()) {
            throw unavailable(model);
        }
        List<Candidate> candidates = new ArrayList<>();
        int best = 0;
        for (EngineEndpoint endpoint : endpoints) {
            candidates.add(look(endpoint, model));
            if (better(candidates.getLast(), candidates.get(best))) {
                best = candidates.size() - 1;
            }
        }
        if (!candidates.get(best).ready()) {
            best = loadable(endpoints, model).orElse(best);
        }
        return new RouteDecision(model.name(), endpoints.get(best), candidates);
    }

    private static List<EngineEndpoint> endpoints(ServedModel model) {
        List<EngineEndpoint> endpoints = model.endpoints();
        if (endpoints.isEmpty()) {
            throw unavailable(model);
        }
        return endpoints;
    }

    private static ForetokenException unavailable(ServedModel model) {
        return new ForetokenException(
                        ErrorCode.REPLICA_UNAVAILABLE,
                        "no runtime pod is known for model '" + model.publicName() + "' yet; try again shortly")
                .withRetryAfter(Duration.ofSeconds(1));
    }

    /**
     * The engine of everything that has one key: it follows from the key and from the names of the engines that can answer, and stays while that
     * engine can. When none is ready, one of those that can load the model, else one of all.
     *
     * @throws ForetokenException REPLICA_UNAVAILABLE while no engine is known
     */
    public EngineEndpoint home(ServedModel model, int key) {
        List<EngineEndpoint> endpoints = endpoints(model);
        List<EngineEndpoint> able = endpoints.stream()
                .filter(endpoint -> look(endpoint, model).ready())
                .toList();
        if (able.isEmpty()) {
            able = endpoints.stream()
                    .filter(endpoint -> canLoad(endpoint, model))
                    .toList();
        }
        return (able.isEmpty() ? endpoints : able)
                .stream()
                        .max(Comparator.comparingLong(endpoint -> weight(endpoint.name(), key)))
                        .orElseThrow();
    }

    /** Rendezvous hashing: the key goes where its weight is largest, so an engine that leaves moves only its own keys. */
    private static long weight(String endpoint, int key) {
        long mixed = (long) endpoint.hashCode() << 32 | Integer.toUnsignedLong(key);
        mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L; // the finisher of SplitMix64
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }

    /** The first that would load the model for the request. */
    private static OptionalInt loadable(List<EngineEndpoint> endpoints, ServedModel model) {
        return IntStream.range(0, endpoints.size())
                .filter(i -> canLoad(endpoints.get(i), model))
                .findFirst();
    }

    private static boolean canLoad(EngineEndpoint endpoint, ServedModel model) {
        return endpoint.info(model.engineModel())
                .filter(info -> info.state() == ModelState.AVAILABLE || info.state() == ModelState.LOADING)
                .isPresent();
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

package dev.foretoken.gateway.picker;

import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.routing.RouteQuery;
import dev.foretoken.routing.decision.RouteDecision.Cause;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Chooses the endpoint of an HTTP request: of a generation by its prompt, of others by their model. Any thread may call it; it waits where requests are held. */
final class Picker {

    private final Gateway gateway;

    Picker(Gateway gateway) {
        this.gateway = gateway;
    }

    /**
     * Reads the request as the edge of the endpoint is going to, so that blocks of its prompt have the names that endpoints tell.
     *
     * @param body all of it
     * @param subset addresses that may be chosen; empty = all
     * @throws dev.foretoken.contract.ForetokenException what the edge would refuse; MODEL_NOT_FOUND; REPLICA_UNAVAILABLE where no endpoint is ready, and
     *     none becomes so where requests are held
     */
    Pick pick(HttpHead head, byte[] body, Optional<Set<String>> subset, Asker asker) {
        PickQuestion question = new PickQuestions(gateway, asker).read(head, body);
        ServedModel model = question.model();
        Set<String> excluded = model.endpoints().stream()
                .filter(endpoint -> !isOffered(endpoint, subset))
                .map(EngineEndpoint::name)
                .collect(Collectors.toSet());
        RouteQuery query = new RouteQuery(model, question.work(), Cause.REQUEST, excluded, asker.told());
        return new Pick(gateway.picks().pick(query, question.sequences()));
    }

    private static boolean isOffered(EngineEndpoint endpoint, Optional<Set<String>> subset) {
        return Pick.address(endpoint)
                .filter(address -> subset.isEmpty() || subset.get().contains(address))
                .isPresent();
    }
}

package dev.foretoken.gateway.routing;

import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.gateway.model.ServedModel;
import java.util.Optional;
import java.util.Set;

/**
 * What an engine is looked for.
 *
 * @param request empty for work that is no generation
 * @param excluded names of the endpoints that were tried for it
 */
public record RouteQuery(ServedModel model, Optional<GenerationRequest> request, Set<String> excluded) {

    public RouteQuery {
        excluded = Set.copyOf(excluded);
    }

    /** Any engine of a model. */
    public static RouteQuery of(ServedModel model) {
        return new RouteQuery(model, Optional.empty(), Set.of());
    }
}

package dev.foretoken.gateway.routing;

import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.gateway.model.ServedModel;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What an engine is looked for.
 *
 * @param request empty for work that is no generation
 * @param excluded names of the endpoints that are not asked (again)
 * @param told the id of the decision before anything is sent, so that an answer can name it even where it fails
 */
public record RouteQuery(
        ServedModel model, Optional<GenerationRequest> request, Set<String> excluded, Consumer<String> told) {

    public RouteQuery {
        excluded = Set.copyOf(excluded);
    }

    /** Nobody wants to know the decision's id. */
    public RouteQuery(ServedModel model, Optional<GenerationRequest> request, Set<String> excluded) {
        this(model, request, excluded, id -> {});
    }

    /** Any engine of a model. */
    public static RouteQuery of(ServedModel model) {
        return new RouteQuery(model, Optional.empty(), Set.of());
    }

    public static RouteQuery of(ServedModel model, GenerationRequest request) {
        return new RouteQuery(model, Optional.of(request), Set.of());
    }

    public RouteQuery telling(Consumer<String> whom) {
        return new RouteQuery(model, request, excluded, whom);
    }
}

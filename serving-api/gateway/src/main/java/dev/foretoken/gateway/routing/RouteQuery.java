package dev.foretoken.gateway.routing;

import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.routing.decision.RouteDecision.Cause;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What an engine is looked for.
 *
 * @param cause why
 * @param excluded names of the endpoints that are not asked (again)
 * @param told the id of the decision before anything is sent, so that an answer can name it even where it fails
 */
public record RouteQuery(ServedModel model, Work work, Cause cause, Set<String> excluded, Consumer<String> told) {

    public RouteQuery {
        excluded = Set.copyOf(excluded);
    }

    /**
     * What is to be done there, as far as the choice goes.
     *
     * @param tenant whose it is; empty where nobody said
     * @param tokens to be computed before the answer begins; 0 where it is not counted in tokens
     * @param generation empty for work that is none: engines hold nothing of it beforehand
     */
    public record Work(String tenant, int tokens, Optional<GenerationRequest> generation) {

        /** Of which nothing is known. */
        public static final Work ANY = new Work("", 0, Optional.empty());

        public static Work of(GenerationRequest request) {
            return new Work(request.identity().tenant(), request.prompt().size(), Optional.of(request));
        }

        /** A run of a graph. */
        public static Work run(String tenant, int tokens) {
            return new Work(tenant, tokens, Optional.empty());
        }
    }

    /** Nobody wants to know the decision's id. */
    public RouteQuery(ServedModel model, Work work, Set<String> excluded) {
        this(model, work, Cause.REQUEST, excluded, id -> {});
    }

    /** Any engine of a model. */
    public static RouteQuery of(ServedModel model) {
        return new RouteQuery(model, Work.ANY, Set.of());
    }

    public static RouteQuery of(ServedModel model, GenerationRequest request) {
        return new RouteQuery(model, Work.of(request), Set.of());
    }

    public RouteQuery telling(Consumer<String> whom) {
        return new RouteQuery(model, work, cause, excluded, whom);
    }
}

package dev.foretoken.gateway.http;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.routing.RouteJson;
import dev.foretoken.routing.decision.RouteDecision;
import dev.foretoken.routing.decision.RouteFilter;
import dev.foretoken.routing.decision.RouteRing;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where requests went, and why; on the admin port. */
@Path("/admin/v1/routes")
@RunOnVirtualThread
public class RoutesResource {

    private static final int MOST = 1000;

    /**
     * The decisions that are remembered, newest first.
     *
     * @param limit how many at most
     * @param after the id of a decision: those after it alone
     * @param revision of the page that was told last: with {@code after}, those before it that have been refused since as well
     */
    @GET
    public Response routes(
            @DefaultValue("100") @QueryParam("limit") String limit,
            @QueryParam("model") @Nullable String model,
            @QueryParam("endpoint") @Nullable String endpoint,
            @QueryParam("outcome") @Nullable String outcome,
            @QueryParam("after") @Nullable String after,
            @QueryParam("revision") @Nullable String revision,
            RoutingContext routing) {
        Exchange exchange = Exchange.of(routing);
        try {
            int most = most(limit);
            RouteFilter filter =
                    new RouteFilter(Optional.ofNullable(model), Optional.ofNullable(endpoint), outcome(outcome));
            RouteRing routes = exchange.gateway().routes();
            return Replies.json(
                    200,
                    RouteJson.page(
                            after == null
                                    ? routes.newest(filter, most)
                                    : routes.after(after, revision(revision), filter, most)));
        } catch (ForetokenException e) {
            return Replies.failure(exchange, e);
        }
    }

    /** @param id as the response header of a request names it */
    @GET
    @Path("/{id}")
    public Response route(@PathParam("id") String id, RoutingContext routing) {
        Exchange exchange = Exchange.of(routing);
        return exchange.gateway()
                .routes()
                .find(id)
                .map(decision -> Replies.json(200, RouteJson.decision(decision)))
                .orElseGet(
                        () -> Replies.failure(
                                exchange,
                                new ForetokenException(
                                        ErrorCode.ROUTE_NOT_FOUND,
                                        "this process remembers no such decision; another gateway may have made it, or this one too many since")));
    }

    private static int most(String limit) {
        if (!limit.matches("[0-9]{1,4}") || Integer.parseInt(limit) > MOST) {
            throw ForetokenException.invalid("limit", "limit must be a number from 0 to " + MOST);
        }
        return Integer.parseInt(limit);
    }

    /** Without one, what has changed is not asked for. */
    private static long revision(@Nullable String revision) {
        if (revision == null) {
            return Long.MAX_VALUE;
        }
        if (!revision.matches("[0-9]{1,18}")) {
            throw ForetokenException.invalid("revision", "revision must be the one of a page");
        }
        return Long.parseLong(revision);
    }

    private static Optional<RouteDecision.Outcome> outcome(@Nullable String name) {
        if (name == null) {
            return Optional.empty();
        }
        Optional<RouteDecision.Outcome> named = Arrays.stream(RouteDecision.Outcome.values())
                .filter(each -> text(each).equals(name))
                .findFirst();
        if (named.isEmpty()) {
            String known = Arrays.stream(RouteDecision.Outcome.values())
                    .map(RoutesResource::text)
                    .collect(Collectors.joining(" or "));
            throw ForetokenException.invalid("outcome", "outcome must be " + known);
        }
        return named;
    }

    private static String text(RouteDecision.Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }
}

package dev.foretoken.gateway.http;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Gives errors of the framework (no such route, wrong method) and of resources the one shape that callers know. */
public final class ErrorMapping {

    private static final int WRONG_METHOD = 405;

    @ServerExceptionMapper
    public Response framework(WebApplicationException failure, RoutingContext routing) {
        Response response = error(known(failure, routing), routing);
        if (response.getStatus() != WRONG_METHOD) {
            return response;
        }
        String allowed = AllowedMethods.of(routing.request().path());
        return Response.fromResponse(response).header("allow", allowed).build();
    }

    @ServerExceptionMapper
    public Response other(Throwable failure, RoutingContext routing) {
        return error(failure, routing);
    }

    private static Response error(Throwable failure, RoutingContext routing) {
        return Replies.failure(Exchange.of(routing), failure);
    }

    private static ForetokenException known(WebApplicationException failure, RoutingContext routing) {
        String route = routing.request().method().name() + " "
                + shortened(routing.request().path());
        int status = failure.getResponse().getStatus();
        return switch (status) {
            case 404 -> new ForetokenException(ErrorCode.ROUTE_NOT_FOUND, "there is no route " + route);
            case WRONG_METHOD ->
                new ForetokenException(ErrorCode.METHOD_NOT_ALLOWED, "the route does not take this method: " + route);
            default ->
                new ForetokenException(
                        status < 500 ? ErrorCode.INVALID_REQUEST : ErrorCode.INTERNAL_ERROR,
                        "the request cannot be answered",
                        failure);
        };
    }

    private static String shortened(String path) {
        return path.length() <= 100 ? path : path.substring(0, 100) + "...";
    }
}

package dev.foretoken.gateway.http;

import dev.foretoken.gateway.json.JsonFields;
import dev.foretoken.gateway.registry.RegistryChanges;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;

/** Changes to the registry; on the admin port alone. */
@Path("/registry/v1")
@RunOnVirtualThread
public class RegistryChangesResource {

    private static RegistryChanges changes(RoutingContext routing) {
        Exchange exchange = Exchange.of(routing);
        exchange.requireAdmin();
        return exchange.registry().changes();
    }

    private static JsonFields fields(RoutingContext routing, InputStream body) {
        return RequestBody.read(Exchange.of(routing), body);
    }

    private static Response gone() {
        return Response.noContent().build();
    }

    @PUT
    @Path("/models/{model}/aliases/{alias}")
    public Response setAlias(
            @PathParam("model") String model,
            @PathParam("alias") String alias,
            RoutingContext routing,
            InputStream body) {
        return Replies.json(200, changes(routing).setAlias(model, alias, fields(routing, body)));
    }

    @DELETE
    @Path("/models/{model}/aliases/{alias}")
    public Response removeAlias(
            @PathParam("model") String model, @PathParam("alias") String alias, RoutingContext routing) {
        changes(routing).removeAlias(model, alias);
        return gone();
    }

    @PUT
    @Path("/models/{model}/gate")
    public Response setGate(@PathParam("model") String model, RoutingContext routing, InputStream body) {
        return Replies.json(200, changes(routing).setGate(model, fields(routing, body)));
    }

    @DELETE
    @Path("/models/{model}/gate")
    public Response removeGate(@PathParam("model") String model, RoutingContext routing) {
        changes(routing).removeGate(model);
        return gone();
    }

    @DELETE
    @Path("/models/{model}/versions/{version}")
    public Response removeVersion(
            @PathParam("model") String model, @PathParam("version") int version, RoutingContext routing) {
        changes(routing).removeVersion(model, version);
        return gone();
    }

    @DELETE
    @Path("/models/{model}/versions/{version}/variants/{variant}")
    public Response removeVariant(
            @PathParam("model") String model,
            @PathParam("version") int version,
            @PathParam("variant") String variant,
            RoutingContext routing) {
        changes(routing).removeVariant(model, version, variant);
        return gone();
    }

    @POST
    @Path("/verify")
    public Response verify(RoutingContext routing, InputStream body) {
        return Replies.json(200, changes(routing).verify(fields(routing, body)));
    }

    @POST
    @Path("/gc")
    public Response collect(RoutingContext routing, InputStream body) {
        return Replies.json(200, changes(routing).collect(fields(routing, body)));
    }
}

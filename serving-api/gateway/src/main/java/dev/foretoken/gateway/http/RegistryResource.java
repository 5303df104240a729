package dev.foretoken.gateway.http;

import dev.foretoken.gateway.registry.RegistryDesk;
import dev.foretoken.gateway.registry.RegistryJson;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;

/** What the registry holds; on both ports. */
@Path("/registry/v1")
@RunOnVirtualThread
public class RegistryResource {

    private static RegistryDesk desk(RoutingContext routing) {
        return Exchange.of(routing).registry();
    }

    @GET
    @Path("/openapi.json")
    public Response document() {
        return Replies.bytes(200, Replies.JSON, OpenApiDocument.REGISTRY.bytes());
    }

    @GET
    @Path("/models")
    public Response models(RoutingContext routing) {
        return Replies.json(
                200, RegistryJson.list("models", desk(routing).registry().models(), RegistryJson::summary));
    }

    @GET
    @Path("/models/{model}")
    public Response model(@PathParam("model") String model, RoutingContext routing) {
        return Replies.json(200, desk(routing).model(model));
    }

    @GET
    @Path("/models/{model}/versions/{version}")
    public Response version(
            @PathParam("model") String model, @PathParam("version") int version, RoutingContext routing) {
        return Replies.json(200, RegistryJson.version(desk(routing).version(model, version)));
    }

    @GET
    @Path("/models/{model}/versions/{version}/variants/{variant}")
    public Response variant(
            @PathParam("model") String model,
            @PathParam("version") int version,
            @PathParam("variant") String variant,
            RoutingContext routing) {
        return Replies.json(200, desk(routing).variant(model, version, variant));
    }

    /** The manifest's own bytes: their SHA-256 is the variant's digest. */
    @GET
    @Path("/models/{model}/versions/{version}/variants/{variant}/manifest")
    public Response manifest(
            @PathParam("model") String model,
            @PathParam("version") int version,
            @PathParam("variant") String variant,
            RoutingContext routing) {
        return Replies.bytes(
                200, "application/vnd.oci.image.manifest.v1+json", desk(routing).manifest(model, version, variant));
    }

    @GET
    @Path("/models/{model}/aliases/{alias}")
    public Response alias(@PathParam("model") String model, @PathParam("alias") String alias, RoutingContext routing) {
        return Replies.json(200, RegistryJson.alias(desk(routing).alias(model, alias)));
    }

    @GET
    @Path("/models/{model}/gate")
    public Response gate(@PathParam("model") String model, RoutingContext routing) {
        return Replies.json(200, desk(routing).gate(model));
    }
}

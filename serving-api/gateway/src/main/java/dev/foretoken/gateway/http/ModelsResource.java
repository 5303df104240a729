package dev.foretoken.gateway.http;

import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.openai.ModelsJson;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;

/** What is served. */
@Path("/v1/models")
@RunOnVirtualThread
public class ModelsResource {

    @GET
    public Response list(RoutingContext routing) {
        Exchange exchange = Exchange.of(routing);
        JsonWriter json = new JsonWriter();
        ModelsJson.list(json, exchange.gateway().catalog().all());
        return Replies.json(200, json);
    }

    /** Names may hold slashes, as in {@code organization/model}. */
    @GET
    @Path("/{id:.+}")
    public Response one(@PathParam("id") String id, RoutingContext routing) {
        Exchange exchange = Exchange.of(routing);
        ServedModel model = exchange.gateway().catalog().require(id);
        JsonWriter json = new JsonWriter();
        ModelsJson.one(json, model);
        return Replies.json(200, json);
    }
}

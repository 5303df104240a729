package dev.foretoken.gateway.http;

import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.openai.ModelsJson;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;

/** What is served. */
@Path("/v1/models")
@RunOnVirtualThread
public class ModelsResource {

    @GET
    public void list(RoutingContext routing) {
        Exchange exchange = Exchange.of(routing);
        JsonWriter json = new JsonWriter();
        ModelsJson.list(json, exchange.gateway().catalog().all());
        exchange.sendJson(200, json);
    }

    /** Names may hold slashes, as in {@code organization/model}. */
    @GET
    @Path("/{id:.+}")
    public void one(@PathParam("id") String id, RoutingContext routing) {
        Exchange exchange = Exchange.of(routing);
        ServedModel model = exchange.gateway().catalog().require(id);
        JsonWriter json = new JsonWriter();
        ModelsJson.one(json, model);
        exchange.sendJson(200, json);
    }
}

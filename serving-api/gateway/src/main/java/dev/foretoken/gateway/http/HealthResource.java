package dev.foretoken.gateway.http;

import dev.foretoken.gateway.Gateway.Readiness;
import dev.foretoken.gateway.json.JsonWriter;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;

/** The two probes: alive means that this process answers, ready that a request sent now could be answered. */
@Path("/")
@RunOnVirtualThread
public class HealthResource {

    static final String LIVE = "/health/live";
    static final String READY = "/health/ready";

    @GET
    @Path(LIVE)
    public Response live() {
        return Replies.json(200, new JsonWriter().raw("{\"status\":\"live\"}"));
    }

    @GET
    @Path(READY)
    public Response ready(RoutingContext routing) {
        Exchange exchange = Exchange.of(routing);
        Readiness readiness = exchange.gateway().readiness();
        JsonWriter json = new JsonWriter().raw("{\"status\":\"").raw(readiness.ready() ? "ready" : "not ready");
        json.raw("\",\"detail\":").string(readiness.detail()).raw("}");
        return Replies.json(readiness.ready() ? 200 : 503, json);
    }
}

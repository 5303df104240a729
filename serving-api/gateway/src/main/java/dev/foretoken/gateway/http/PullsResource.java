package dev.foretoken.gateway.http;

import dev.foretoken.gateway.json.JsonFields;
import dev.foretoken.gateway.registry.RegistryPulls;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;

/** Models that are brought from elsewhere: on the admin port alone, since addresses tell what an operator is interested in. */
@Path("/registry/v1")
@RunOnVirtualThread
public class PullsResource {

    private static RegistryPulls pulls(RoutingContext routing) {
        Exchange exchange = Exchange.of(routing);
        exchange.requireAdmin();
        return exchange.registry().pulls();
    }

    private static JsonFields fields(RoutingContext routing, InputStream body) {
        return RequestBody.read(Exchange.of(routing), body);
    }

    @POST
    @Path("/models/{model}/pulls")
    public Response pull(@PathParam("model") String model, RoutingContext routing, InputStream body) {
        RegistryPulls pulls = pulls(routing);
        return Replies.json(202, pulls.pull(model, fields(routing, body)));
    }

    @GET
    @Path("/pulls")
    public Response list(RoutingContext routing) {
        return Replies.json(200, pulls(routing).list());
    }

    @GET
    @Path("/pulls/{pull}")
    public Response show(@PathParam("pull") String pull, RoutingContext routing) {
        return Replies.json(200, pulls(routing).show(pull));
    }

    @POST
    @Path("/pulls/{pull}/cancel")
    public Response cancel(@PathParam("pull") String pull, RoutingContext routing, InputStream body) {
        RegistryPulls pulls = pulls(routing);
        fields(routing, body);
        return Replies.json(202, pulls.cancel(pull));
    }
}

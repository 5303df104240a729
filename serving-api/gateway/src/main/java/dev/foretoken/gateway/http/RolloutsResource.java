package dev.foretoken.gateway.http;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.rollout.RolloutJson;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;

/** How rollouts go; on the admin port. */
@Path("/admin/v1/rollouts")
@RunOnVirtualThread
public class RolloutsResource {

    private static final int MOST = 1000;

    @GET
    public Response scoreboard(RoutingContext routing) {
        return Replies.json(
                200,
                RolloutJson.scoreboard(Exchange.of(routing).gateway().rollouts().all()));
    }

    /** @param limit how many, newest first */
    @GET
    @Path("/decisions")
    public Response decisions(@DefaultValue("100") @QueryParam("limit") String limit, RoutingContext routing) {
        Exchange exchange = Exchange.of(routing);
        if (!limit.matches("[0-9]{1,4}") || Integer.parseInt(limit) > MOST) {
            return Replies.failure(
                    exchange, ForetokenException.invalid("limit", "limit must be a number from 0 to " + MOST));
        }
        return Replies.json(
                200, RolloutJson.decisions(exchange.gateway().rollouts().decisions(Integer.parseInt(limit))));
    }
}

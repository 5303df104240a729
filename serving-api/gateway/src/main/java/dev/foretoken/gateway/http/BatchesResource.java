package dev.foretoken.gateway.http;

import dev.foretoken.batch.store.Job;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.openai.BatchJson;
import dev.foretoken.gateway.openai.BatchRequestBody;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** OpenAI's Batch API: jobs of requests that lie in a file. Callers see their own. */
@Path("/v1/batches")
@RunOnVirtualThread
public class BatchesResource {

    private static final int MOST_LISTED = 100;

    @GET
    @Path("/openapi.json")
    public Response document() {
        return Replies.bytes(200, Replies.JSON, OpenApiDocument.BATCHES.bytes());
    }

    @POST
    public Response create(RoutingContext routing, InputStream body) {
        Exchange exchange = Exchange.of(routing);
        Gateway.Batches batches = exchange.batches();
        return Admitted.run(exchange, place -> {
            Job job = batches.jobs()
                    .create(exchange.caller().tenant(), BatchRequestBody.read(RequestBody.read(exchange, body)));
            return Replies.json(200, BatchJson.one(job));
        });
    }

    @GET
    public Response list(
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit,
            RoutingContext routing) {
        Exchange exchange = Exchange.of(routing);
        PageLimit most = PageLimit.read(limit, 20, MOST_LISTED);
        List<Job> found =
                exchange.batches().jobs().list(exchange.caller().tenant(), Optional.ofNullable(after), most.andOne());
        return Replies.json(200, BatchJson.page(most.of(found), most.isMore(found)));
    }

    @GET
    @Path("/{batch}")
    public Response batch(@PathParam("batch") String batch, RoutingContext routing) {
        Exchange exchange = Exchange.of(routing);
        return Replies.json(
                200,
                BatchJson.one(exchange.batches().jobs().find(exchange.caller().tenant(), batch)));
    }

    @POST
    @Path("/{batch}/cancel")
    public Response cancel(@PathParam("batch") String batch, RoutingContext routing) {
        Exchange exchange = Exchange.of(routing);
        exchange.refuseWebPages();
        return Replies.json(
                200,
                BatchJson.one(exchange.batches().jobs().cancel(exchange.caller().tenant(), batch)));
    }
}

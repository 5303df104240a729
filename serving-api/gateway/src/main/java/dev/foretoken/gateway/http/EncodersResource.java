package dev.foretoken.gateway.http;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;

/** Vectors, ranks, scores and classes of texts. */
@Path("/v1")
@RunOnVirtualThread
public class EncodersResource {

    @POST
    @Path("/embeddings")
    public Response embeddings(RoutingContext routing, InputStream body) {
        return new EncoderRequests(Exchange.of(routing)).embeddings(body);
    }

    @POST
    @Path("/rerank")
    public Response rerank(RoutingContext routing, InputStream body) {
        return new EncoderRequests(Exchange.of(routing)).rerank(body);
    }

    @POST
    @Path("/score")
    public Response score(RoutingContext routing, InputStream body) {
        return new EncoderRequests(Exchange.of(routing)).score(body);
    }

    @POST
    @Path("/classify")
    public Response classify(RoutingContext routing, InputStream body) {
        return new EncoderRequests(Exchange.of(routing)).classify(body);
    }
}

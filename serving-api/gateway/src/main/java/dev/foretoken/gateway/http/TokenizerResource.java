package dev.foretoken.gateway.http;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;

/** Text to token ids and back, as vLLM offers it. */
@Path("/")
@RunOnVirtualThread
public class TokenizerResource {

    @POST
    @Path("/tokenize")
    public Response tokenize(RoutingContext routing, InputStream body) {
        return new OpenAiRequests(Exchange.of(routing)).tokenize(body);
    }

    @POST
    @Path("/detokenize")
    public Response detokenize(RoutingContext routing, InputStream body) {
        return new OpenAiRequests(Exchange.of(routing)).detokenize(body);
    }
}

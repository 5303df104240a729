package dev.foretoken.gateway.http;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import java.io.InputStream;

/** Text to token ids and back, as vLLM offers it. */
@Path("/")
@RunOnVirtualThread
public class TokenizerResource {

    @POST
    @Path("/tokenize")
    public void tokenize(RoutingContext routing, InputStream body) {
        new OpenAiRequests(Exchange.of(routing)).tokenize(body);
    }

    @POST
    @Path("/detokenize")
    public void detokenize(RoutingContext routing, InputStream body) {
        new OpenAiRequests(Exchange.of(routing)).detokenize(body);
    }
}

package dev.foretoken.gateway.http;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;

/** OpenAI's two ways to ask for an answer. */
@Path("/v1")
@RunOnVirtualThread
public class CompletionsResource {

    @POST
    @Path("/completions")
    public Response completions(RoutingContext routing, InputStream body) {
        return new OpenAiRequests(Exchange.of(routing)).completion(ArrivedBody.of(routing, body));
    }

    @POST
    @Path("/chat/completions")
    public Response chat(RoutingContext routing, InputStream body) {
        return new OpenAiRequests(Exchange.of(routing)).chat(ArrivedBody.of(routing, body));
    }
}

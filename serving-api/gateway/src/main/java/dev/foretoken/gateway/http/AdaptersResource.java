package dev.foretoken.gateway.http;

import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;

/** LoRA adapters come and go while the server runs, by vLLM's routes. */
@Path("/v1")
@RunOnVirtualThread
public class AdaptersResource {

    @POST
    @Path("/load_lora_adapter")
    public Response load(RoutingContext routing, InputStream body) {
        return new AdapterRequests(Exchange.of(routing)).load(body);
    }

    @POST
    @Path("/unload_lora_adapter")
    public Response unload(RoutingContext routing, InputStream body) {
        return new AdapterRequests(Exchange.of(routing)).unload(body);
    }
}

package dev.foretoken.gateway.http;

import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.json.JsonWriter;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.Optional;

/** Which build answers. */
@Path("/version")
@RunOnVirtualThread
public class VersionResource {

    @GET
    public void version(RoutingContext routing) {
        String version = Optional.ofNullable(Gateway.class.getPackage().getImplementationVersion())
                .orElse("development");
        Exchange.of(routing)
                .sendJson(
                        200,
                        new JsonWriter().raw("{\"version\":").string(version).raw("}"));
    }
}

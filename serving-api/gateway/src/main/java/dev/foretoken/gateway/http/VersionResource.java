package dev.foretoken.gateway.http;

import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.json.JsonWriter;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;

/** Which build answers. */
@Path("/version")
@RunOnVirtualThread
public class VersionResource {

    @GET
    public Response version() {
        return Replies.json(
                200,
                new JsonWriter().raw("{\"version\":").string(Gateway.version()).raw("}"));
    }
}

package dev.foretoken.gateway.http;

import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;

/** What routes operators have; on the admin port. */
@Path("/admin/v1/openapi.json")
@RunOnVirtualThread
public class OperatorsDocumentResource {

    @GET
    public Response document() {
        return Replies.bytes(200, Replies.JSON, OpenApiDocument.OPERATORS.bytes());
    }
}

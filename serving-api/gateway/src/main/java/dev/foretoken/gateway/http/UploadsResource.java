package dev.foretoken.gateway.http;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.registry.RegistryUploads;
import dev.foretoken.registry.content.Digest;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Imports: the files of a model come by HTTP, one by one, and never by a path on the server. On the admin port alone. */
@Path("/registry/v1/models/{model}/uploads")
@RunOnVirtualThread
public class UploadsResource {

    /** RFC 9530. */
    private static final String CONTENT_DIGEST = "content-digest";

    private static final Pattern SHA256 = Pattern.compile("(?:^|,)\\s*sha-256=:([A-Za-z0-9+/]{43}=):\\s*(?:,|$)");

    private static RegistryUploads uploads(RoutingContext routing) {
        Exchange exchange = Exchange.of(routing);
        exchange.requireAdmin();
        return exchange.registry().uploads();
    }

    @POST
    public Response begin(@PathParam("model") String model, RoutingContext routing, InputStream body) {
        RegistryUploads uploads = uploads(routing);
        RequestBody.read(Exchange.of(routing), body);
        return Replies.json(201, uploads.begin(model));
    }

    @GET
    @Path("/{upload}")
    public Response show(@PathParam("model") String model, @PathParam("upload") String upload, RoutingContext routing) {
        return Replies.json(200, uploads(routing).show(model, upload));
    }

    @PUT
    @Path("/{upload}/files/{path:.+}")
    @Consumes(MediaType.WILDCARD)
    public Response file(
            @PathParam("model") String model,
            @PathParam("upload") String upload,
            @PathParam("path") String path,
            RoutingContext routing,
            InputStream body) {
        return Replies.json(200, uploads(routing).receive(model, upload, path, body, expected(Exchange.of(routing))));
    }

    @POST
    @Path("/{upload}/commit")
    public Response commit(
            @PathParam("model") String model,
            @PathParam("upload") String upload,
            RoutingContext routing,
            InputStream body) {
        RegistryUploads uploads = uploads(routing);
        RequestBody.read(Exchange.of(routing), body);
        return Replies.json(201, uploads.commit(model, upload));
    }

    @DELETE
    @Path("/{upload}")
    public Response abort(
            @PathParam("model") String model, @PathParam("upload") String upload, RoutingContext routing) {
        uploads(routing).abort(model, upload);
        return Response.noContent().build();
    }

    private static Optional<Digest> expected(Exchange exchange) {
        String header = exchange.header(CONTENT_DIGEST);
        if (header == null) {
            return Optional.empty();
        }
        Matcher found = SHA256.matcher(header);
        if (!found.find()) {
            throw ForetokenException.invalid(
                    CONTENT_DIGEST, "the content-digest header must be sha-256=:BASE64: (RFC 9530)");
        }
        return Optional.of(
                new Digest(HexFormat.of().formatHex(Base64.getDecoder().decode(found.group(1)))));
    }
}

package dev.foretoken.gateway.http;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.registry.AssignmentJson;
import dev.foretoken.gateway.registry.RegistryDesk;
import dev.foretoken.registry.content.Digest;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.resteasy.reactive.PathPart;

/** What processes ask that serve from this registry without sharing its storage: what is assigned to them, and bytes. */
@Path("/registry/v1")
@RunOnVirtualThread
public class ReplicaResource {

    private static final Pattern REST = Pattern.compile("bytes=(\\d{1,18})-");
    private static final int PARTIAL = 206;

    private static RegistryDesk desk(RoutingContext routing) {
        return Exchange.of(routing).registry();
    }

    /** With the revision, which is read first: what comes later is seen again. */
    @GET
    @Path("/assignments")
    public Response assignments(RoutingContext routing) {
        RegistryDesk desk = desk(routing);
        long revision = desk.registry().revision();
        return Replies.json(200, AssignmentJson.list(revision, desk.registry().assignments()));
    }

    @GET
    @Path("/assignments/{group}")
    public Response assignment(@PathParam("group") String group, RoutingContext routing) {
        return Replies.json(200, AssignmentJson.of(desk(routing).registry().assignment(group)));
    }

    @PUT
    @Path("/assignments/{group}")
    public Response assign(@PathParam("group") String group, RoutingContext routing, InputStream body) {
        Exchange exchange = Exchange.of(routing);
        exchange.requireAdmin();
        return Replies.json(200, desk(routing).changes().assign(group, RequestBody.read(exchange, body)));
    }

    /** The bytes themselves; with {@code Range: bytes=N-} from the Nth on. */
    @GET
    @Path("/blobs/{digest}")
    public Response blob(@PathParam("digest") String digest, RoutingContext routing) throws IOException {
        Exchange exchange = Exchange.of(routing);
        if (!desk(routing).sendsBlobs()) {
            exchange.requireAdmin();
        }
        java.nio.file.Path file = desk(routing).registry().blobFile(digest(digest));
        long size = Files.size(file);
        String range = exchange.header("range");
        if (range == null) {
            return Response.ok(new PathPart(file, 0, size), "application/octet-stream")
                    .build();
        }
        long start = start(range, size);
        return Response.status(PARTIAL)
                .type("application/octet-stream")
                .header("content-range", "bytes %d-%d/%d".formatted(start, size - 1, size))
                .entity(new PathPart(file, start, size - start))
                .build();
    }

    private static Digest digest(String text) {
        try {
            return Digest.parse(text);
        } catch (ForetokenException e) {
            throw new ForetokenException(ErrorCode.INVALID_REQUEST, e.getMessage(), e);
        }
    }

    private static long start(String range, long size) {
        Matcher rest = REST.matcher(range);
        if (!rest.matches() || Long.parseLong(rest.group(1)) >= size) {
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST, "the range must be bytes=N- with N below the blob's " + size + " bytes");
        }
        return Long.parseLong(rest.group(1));
    }
}

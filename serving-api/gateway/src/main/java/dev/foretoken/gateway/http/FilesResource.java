package dev.foretoken.gateway.http;

import dev.foretoken.batch.store.FileTable;
import dev.foretoken.batch.store.StoredFile;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.openai.FileJson;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import org.jboss.resteasy.reactive.PathPart;
import org.jspecify.annotations.Nullable;

/** Files of batches: requests that callers send, answers that they fetch. Callers see their own. */
@Path("/v1/files")
@RunOnVirtualThread
public class FilesResource {

    private static final int MOST_LISTED = 10_000;

    @POST
    @Consumes(MediaType.WILDCARD)
    public Response send(RoutingContext routing, InputStream body) {
        Exchange exchange = Exchange.of(routing);
        exchange.refuseWebPages();
        Gateway.Batches batches = exchange.batches();
        return Admitted.run(exchange, place -> {
            try (FileForm form = FileForm.read(exchange, batches.files(), body)) {
                return Replies.json(
                        200,
                        FileJson.one(
                                form.keep(batches.files(), exchange.caller().tenant())));
            }
        });
    }

    @GET
    public Response list(
            @QueryParam("purpose") @Nullable String purpose,
            @QueryParam("after") @Nullable String after,
            @QueryParam("limit") @Nullable String limit,
            @QueryParam("order") @Nullable String order,
            RoutingContext routing) {
        Exchange exchange = Exchange.of(routing);
        PageLimit most = PageLimit.read(limit, MOST_LISTED, MOST_LISTED);
        List<StoredFile> found = exchange.batches()
                .files()
                .list(new FileTable.Page(
                        exchange.caller().tenant(),
                        Optional.ofNullable(purpose),
                        Optional.ofNullable(after),
                        isNewestFirst(order),
                        most.andOne()));
        return Replies.json(200, FileJson.page(most.of(found), most.isMore(found)));
    }

    private static boolean isNewestFirst(@Nullable String order) {
        if (order != null && !order.equals("asc") && !order.equals("desc")) {
            throw ForetokenException.invalid("order", "order must be asc or desc");
        }
        return !"asc".equals(order);
    }

    @GET
    @Path("/{file}")
    public Response file(@PathParam("file") String file, RoutingContext routing) {
        return Replies.json(200, FileJson.one(find(Exchange.of(routing), file)));
    }

    @GET
    @Path("/{file}/content")
    public Response content(@PathParam("file") String file, RoutingContext routing) {
        Exchange exchange = Exchange.of(routing);
        StoredFile found = find(exchange, file);
        Object entity = found.bytes() == 0
                ? new byte[0]
                : new PathPart(exchange.batches().files().path(found), 0, found.bytes());
        return Response.ok(entity, MediaType.APPLICATION_OCTET_STREAM).build();
    }

    @DELETE
    @Path("/{file}")
    public Response delete(@PathParam("file") String file, RoutingContext routing) {
        Exchange exchange = Exchange.of(routing);
        exchange.batches().files().delete(exchange.caller().tenant(), file);
        return Replies.json(200, FileJson.deleted(file));
    }

    private static StoredFile find(Exchange exchange, String file) {
        return exchange.batches().files().find(exchange.caller().tenant(), file);
    }
}

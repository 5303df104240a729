package dev.foretoken.gateway.http;

import dev.foretoken.gateway.json.JsonFields;
import dev.foretoken.gateway.registry.RegistryJobs;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Builds of variants: seen on both ports, ordered and cancelled on the admin port. */
@Path("/registry/v1")
@RunOnVirtualThread
public class JobsResource {

    private static RegistryJobs jobs(RoutingContext routing) {
        return Exchange.of(routing).registry().jobs();
    }

    private static RegistryJobs operators(RoutingContext routing) {
        Exchange.of(routing).requireAdmin();
        return jobs(routing);
    }

    private static JsonFields fields(RoutingContext routing, InputStream body) {
        return RequestBody.read(Exchange.of(routing), body);
    }

    @GET
    @Path("/methods")
    public Response methods(RoutingContext routing) {
        return Replies.json(200, jobs(routing).methods());
    }

    @GET
    @Path("/jobs")
    public Response list(@QueryParam("model") @Nullable String model, RoutingContext routing) {
        return Replies.json(200, jobs(routing).list(model));
    }

    @GET
    @Path("/jobs/{job}")
    public Response job(@PathParam("job") long job, RoutingContext routing) {
        return Replies.json(200, jobs(routing).job(job));
    }

    @GET
    @Path("/jobs/{job}/log")
    public Response log(@PathParam("job") long job, RoutingContext routing) {
        return Replies.bytes(200, "text/plain; charset=utf-8", jobs(routing).log(job));
    }

    @POST
    @Path("/models/{model}/builds")
    public Response build(@PathParam("model") String model, RoutingContext routing, InputStream body) {
        RegistryJobs jobs = operators(routing);
        return Replies.json(202, jobs.build(model, fields(routing, body)));
    }

    @POST
    @Path("/jobs/{job}/cancel")
    public Response cancel(@PathParam("job") long job, RoutingContext routing, InputStream body) {
        RegistryJobs jobs = operators(routing);
        fields(routing, body);
        return Replies.json(202, jobs.cancel(job));
    }

    @POST
    @Path("/jobs/{job}/resume")
    public Response resume(@PathParam("job") long job, RoutingContext routing, InputStream body) {
        RegistryJobs jobs = operators(routing);
        fields(routing, body);
        return Replies.json(202, jobs.resume(job));
    }
}

package dev.foretoken.gateway.http;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.call.ModelPath;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;

/** The Open Inference Protocol, version 2: tensors for tensors. */
@Path("/v2")
@RunOnVirtualThread
public class OpenInferenceResource {

    static final String LIVE = "/v2/health/live";
    static final String READY = "/v2/health/ready";

    @GET
    public Response server(RoutingContext routing) {
        return new InferenceRequests(Exchange.of(routing)).server();
    }

    @GET
    @Path("/health/live")
    public Response live(RoutingContext routing) {
        return new InferenceRequests(Exchange.of(routing)).live();
    }

    @GET
    @Path("/health/ready")
    public Response ready(RoutingContext routing) {
        return new InferenceRequests(Exchange.of(routing)).ready();
    }

    @POST
    @Path("/repository/index")
    public Response index(RoutingContext routing, InputStream body) {
        return new InferenceRequests(Exchange.of(routing)).index(body);
    }

    @GET
    @Path("/models/{path:.+}")
    public Response model(@PathParam("path") String path, RoutingContext routing) {
        InferenceRequests requests = new InferenceRequests(Exchange.of(routing));
        ModelPath model = ModelPath.parse(path);
        return switch (model.action()) {
            case "" -> requests.metadata(model);
            case "ready" -> requests.modelReady(model);
            default ->
                throw new ForetokenException(ErrorCode.METHOD_NOT_ALLOWED, "an inference is asked for with POST");
        };
    }

    @POST
    @Path("/models/{path:.+}")
    public Response infer(@PathParam("path") String path, RoutingContext routing, InputStream body) {
        ModelPath model = ModelPath.parse(path);
        if (!model.action().equals("infer")) {
            throw new ForetokenException(
                    ErrorCode.ROUTE_NOT_FOUND,
                    "there is no such route; POST /v2/models/NAME/infer asks for an inference");
        }
        return new InferenceRequests(Exchange.of(routing)).infer(model, body);
    }
}

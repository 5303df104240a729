package dev.foretoken.gateway.http;

import dev.foretoken.gateway.metrics.MetricsPage;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Response;

/** The page Prometheus reads. Needs a credential like every other route, where the server needs one, and no tenant's: it shows all tenants. */
@Path("/metrics")
@RunOnVirtualThread
public class MetricsResource {

    @GET
    public Response metrics(RoutingContext routing) {
        Exchange exchange = Exchange.of(routing);
        exchange.requireOperator();
        MetricsPage page = MetricsPage.render(exchange.gateway().telemetry(), exchange.header("accept"));
        return Response.ok(page.body()).type(page.contentType()).build();
    }
}

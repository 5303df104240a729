package dev.foretoken.gateway.http;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.Gateway;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Stands before every route of the process, ours or a library's: request id, host name, credential, metrics. Runs on event loops.
 *
 * <p>Only the two probes are open, because kubelets carry no credentials and the answers hold nothing. There is no CORS: browsers may not
 * read answers from other origins, and cannot send JSON without asking first.
 */
@Singleton
final class EdgeFilter {

    private static final int BEFORE_EVERYTHING = 10_000;
    private static final Set<String> OPEN = Set.of(HealthResource.LIVE, HealthResource.READY);

    private final Gateway gateway;
    private final HttpMetrics metrics;

    @Inject
    EdgeFilter(Gateway gateway) {
        this.gateway = gateway;
        this.metrics = new HttpMetrics(gateway.telemetry(), gateway.clocks().nanos());
    }

    void register(@Observes Filters filters) {
        filters.register(this::filter, BEFORE_EVERYTHING);
    }

    private void filter(RoutingContext routing) {
        Exchange exchange = Exchange.begin(routing, gateway);
        metrics.follow(routing, exchange.arrivedAt());
        try {
            checkHost(routing.request());
            if (!OPEN.contains(routing.request().path())) {
                exchange.authenticated(
                        gateway.authenticator().authenticate(routing.request().getHeader("authorization")));
            }
        } catch (ForetokenException e) {
            exchange.refuse(e);
            return;
        }
        routing.next();
    }

    private void checkHost(HttpServerRequest request) {
        String host = authority(request);
        if (!gateway.hostNames().allows(host)) {
            throw new ForetokenException(
                    ErrorCode.PERMISSION_DENIED,
                    "this server does not answer to the name in the Host header; use localhost, or allow the name");
        }
    }

    private static @Nullable String authority(HttpServerRequest request) {
        return request.authority() == null ? null : request.authority().toString();
    }
}

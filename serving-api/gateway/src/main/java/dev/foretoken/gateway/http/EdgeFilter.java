package dev.foretoken.gateway.http;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.auth.Caller;
import dev.foretoken.gateway.auth.Door;
import dev.foretoken.wire.tls.TlsMaterial;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.Context;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Stands before every route of the process, ours or a library's: request id, host name, credential, metrics. Runs on event loops, which
 * wait neither for files nor for the hashes of many keys: such credentials are looked up on a thread of the request's own.
 *
 * <p>Only the probes are open, because kubelets carry no credentials and the answers hold nothing. There is no CORS: browsers may not
 * read answers from other origins, and cannot send JSON without asking first. The admin port also refuses whatever a browser sends for a
 * page, so that no page changes a registry on the machine it is read on.
 */
@Singleton
final class EdgeFilter {

    private static final int BEFORE_EVERYTHING = 10_000;
    private static final Set<String> OPEN =
            Set.of(HealthResource.LIVE, HealthResource.READY, OpenInferenceResource.LIVE, OpenInferenceResource.READY);
    private static final Set<String> OPERATORS =
            Set.of(HealthResource.LIVE, HealthResource.READY, "/metrics", "/version");

    private final Gateway gateway;
    private final HttpMetrics metrics;
    private final ConnectionWatch connections;

    @Inject
    EdgeFilter(Gateway gateway, ConnectionWatch connections) {
        this.gateway = gateway;
        this.connections = connections;
        this.metrics = new HttpMetrics(gateway.telemetry(), gateway.clocks().nanos());
    }

    void register(@Observes Filters filters) {
        filters.register(this::filter, BEFORE_EVERYTHING);
        connections.start();
    }

    private void filter(RoutingContext routing) {
        Exchange exchange = Exchange.begin(routing, gateway, Listener.current());
        metrics.follow(routing, exchange.arrivedAt());
        connections.follow(routing);
        try {
            Door door = door(exchange.listener());
            door.checkName(authority(routing.request()));
            if (!OPEN.contains(routing.request().path())) {
                requireCertificate(routing.request());
                Optional<Caller> known = door.atOnce(exchange.header("authorization"));
                if (known.isEmpty()) {
                    lookUp(routing, exchange, door);
                    return;
                }
                exchange.authenticated(known.get());
            }
            checkListener(exchange, routing.normalizedPath());
        } catch (ForetokenException e) {
            exchange.refuse(e);
            return;
        }
        ArrivedBody.await(routing, exchange);
    }

    /** The body waits meanwhile, and the rest goes on where it began. */
    private static void lookUp(RoutingContext routing, Exchange exchange, Door door) {
        String authorization = exchange.header("authorization");
        Context loop = routing.vertx().getOrCreateContext();
        routing.request().pause();
        Thread.ofVirtual().name("authentication").start(() -> {
            Runnable rest = lookedUp(routing, exchange, door, authorization);
            loop.runOnContext(any -> {
                routing.request().resume();
                rest.run();
            });
        });
    }

    private static Runnable lookedUp(
            RoutingContext routing, Exchange exchange, Door door, @Nullable String authorization) {
        try {
            Caller caller = door.authenticate(authorization);
            return () -> goOn(routing, exchange, caller);
        } catch (ForetokenException e) {
            return () -> exchange.refuse(e);
        } catch (RuntimeException | Error e) {
            return () -> exchange.refuse(new ForetokenException(
                    ErrorCode.INTERNAL_ERROR, "whose credential it is could not be found out", e));
        }
    }

    private static void goOn(RoutingContext routing, Exchange exchange, Caller caller) {
        exchange.authenticated(caller);
        try {
            checkListener(exchange, routing.normalizedPath());
        } catch (ForetokenException e) {
            exchange.refuse(e);
            return;
        }
        ArrivedBody.await(routing, exchange);
    }

    /** TLS asks for one without insisting, since kubelets have none; one that nobody trusted has signed ends the handshake. */
    private void requireCertificate(HttpServerRequest request) {
        if (gateway.tls().filter(TlsMaterial::asksForCertificates).isPresent() && !showsCertificate(request)) {
            throw new ForetokenException(
                    ErrorCode.UNAUTHENTICATED, "this server takes requests only over TLS with a client certificate");
        }
    }

    private static boolean showsCertificate(HttpServerRequest request) {
        try {
            SSLSession session = request.sslSession();
            return session != null && session.getPeerCertificates().length > 0;
        } catch (SSLPeerUnverifiedException e) {
            return false;
        }
    }

    private Door door(Listener listener) {
        return switch (listener) {
            case PUBLIC -> gateway.door();
            case ADMIN -> gateway.adminDoor().orElseThrow(() -> new IllegalStateException("there is no admin port"));
        };
    }

    private static void checkListener(Exchange exchange, String path) {
        if (path.indexOf(';') >= 0) {
            // Resources are found by paths without what is behind these: it would be another path that is judged here.
            throw new ForetokenException(ErrorCode.ROUTE_NOT_FOUND, "no path here has parameters (';')");
        }
        boolean registry = path.startsWith(Listener.REGISTRY);
        switch (exchange.listener()) {
            case PUBLIC -> {
                if (registry && !exchange.isRead()) {
                    exchange.requireAdmin();
                }
                if (path.startsWith(Listener.OPERATORS)) {
                    throw new ForetokenException(
                            ErrorCode.ROUTE_NOT_FOUND,
                            "this port serves callers; ask the admin port, which an admin key opens (--admin-key-file)");
                }
            }
            case ADMIN -> {
                if (exchange.header("origin") != null) {
                    throw new ForetokenException(
                            ErrorCode.PERMISSION_DENIED,
                            "the admin port takes no requests of web pages (Origin header)");
                }
                if (!registry && !path.startsWith(Listener.OPERATORS) && !OPERATORS.contains(path)) {
                    throw new ForetokenException(
                            ErrorCode.ROUTE_NOT_FOUND,
                            "the admin port serves " + Listener.REGISTRY + "..., " + Listener.OPERATORS
                                    + "... and the probes; ask the other port");
                }
            }
        }
    }

    private static @Nullable String authority(HttpServerRequest request) {
        return request.authority() == null ? null : request.authority().toString();
    }
}

package dev.foretoken.gateway.http;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.auth.Caller;
import dev.foretoken.gateway.call.Call;
import dev.foretoken.gateway.call.ErrorForm;
import dev.foretoken.gateway.call.Refusals;
import dev.foretoken.gateway.call.RequestIds;
import dev.foretoken.gateway.error.HttpStatus;
import dev.foretoken.gateway.error.PublicError;
import dev.foretoken.gateway.registry.RegistryDesk;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP request and its response, from the edge filter on. Responses are written straight to Vert.x. Thread-safe: the connection's event
 * loop reports that the client has left while the request's own thread works.
 */
public final class Exchange implements Call {

    static final String REQUEST_ID = "x-request-id";
    /** Response header: ids of the decisions that the request went by, in order. */
    static final String ROUTE = "x-foretoken-route";

    private static final int MOST_ROUTES = 16;

    private static final String KEY = Exchange.class.getName();

    private final RoutingContext routing;
    private final Gateway gateway;
    private final Listener listener;
    private final String requestId;
    private final long arrivedAt;
    private final List<Runnable> whenGone = new ArrayList<>();
    private final List<String> routes = new ArrayList<>();
    private Caller caller = Caller.LOCAL;
    private boolean gone;

    private Exchange(RoutingContext routing, Gateway gateway, Listener listener, String requestId) {
        this.routing = routing;
        this.gateway = gateway;
        this.listener = listener;
        this.requestId = requestId;
        this.arrivedAt = gateway.answers().now();
    }

    /** Begins the exchange of a request that has just arrived. */
    static Exchange begin(RoutingContext routing, Gateway gateway, Listener listener) {
        Exchange exchange = new Exchange(
                routing,
                gateway,
                listener,
                RequestIds.acceptOrMake(routing.request().getHeader(REQUEST_ID), gateway));
        routing.put(KEY, exchange);
        routing.addEndHandler(end -> {
            if (end.failed()) {
                exchange.clientLeft();
            }
        });
        routing.response().putHeader(REQUEST_ID, exchange.requestId);
        return exchange;
    }

    static Exchange of(RoutingContext routing) {
        Exchange exchange = routing.get(KEY);
        if (exchange == null) {
            throw new IllegalStateException("the request did not pass the edge filter");
        }
        return exchange;
    }

    @Override
    public Gateway gateway() {
        return gateway;
    }

    Listener listener() {
        return listener;
    }

    /** Whether the method changes nothing. */
    boolean isRead() {
        HttpMethod method = routing.request().method();
        return method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
    }

    /** @throws ForetokenException PERMISSION_DENIED for a tenant's key or a token */
    void requireOperator() {
        if (!caller.isOperator()) {
            throw new ForetokenException(
                    ErrorCode.PERMISSION_DENIED,
                    "this is for operators; it takes a key of --api-key, not one of a tenant or a token");
        }
    }

    /** @throws ForetokenException PERMISSION_DENIED unless the request came in by the admin port */
    void requireAdmin() {
        if (listener != Listener.ADMIN) {
            throw new ForetokenException(
                    ErrorCode.PERMISSION_DENIED,
                    "the registry is changed through the admin port only, which an admin key opens (--admin-key-file); this port answers GET");
        }
    }

    /**
     * Browsers send forms, and requests without a body, for any page without asking first.
     *
     * @throws ForetokenException PERMISSION_DENIED for a request that a page has sent
     */
    void refuseWebPages() {
        if (header("origin") != null) {
            throw new ForetokenException(
                    ErrorCode.PERMISSION_DENIED, "this route takes no requests of web pages (Origin header)");
        }
    }

    /** @throws ForetokenException UNSUPPORTED_FEATURE when this process takes no batches */
    Gateway.Batches batches() {
        return gateway.batches()
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.UNSUPPORTED_FEATURE,
                        "this server takes no batches; start it with --batch-folder, or ask one that was"));
    }

    /** @throws ForetokenException UNSUPPORTED_FEATURE when this process has no registry */
    RegistryDesk registry() {
        return gateway.registry()
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.UNSUPPORTED_FEATURE,
                        "this process has no registry open; ask one that was started with a registry"));
    }

    @Override
    public String requestId() {
        return requestId;
    }

    @Override
    public long arrivedAt() {
        return arrivedAt;
    }

    @Override
    public Caller caller() {
        return caller;
    }

    void authenticated(Caller as) {
        caller = as;
    }

    @Override
    public @Nullable String header(String name) {
        return routing.request().getHeader(name);
    }

    HttpServerResponse response() {
        return routing.response();
    }

    /** A decision sent the request, or part of it, somewhere: the response will name it, unless it has begun already (a stream that moves). */
    @Override
    public void routed(String decision) {
        synchronized (routes) {
            if (routes.size() < MOST_ROUTES && !routing.response().headWritten()) {
                routes.add(decision);
                name(routes, routing.response());
            }
        }
    }

    /** The thread that brings the first event may begin the response at any moment. */
    static void name(List<String> routes, HttpServerResponse response) {
        try {
            response.putHeader(ROUTE, String.join(", ", routes));
        } catch (IllegalStateException e) {
            // It has begun, as it may have a moment before: its head names what was chosen until then.
        }
    }

    /** Runs {@code action} when the connection closes before the response is complete: at once if that has happened already. */
    @Override
    public void whenClientLeaves(Runnable action) {
        synchronized (whenGone) {
            if (!gone) {
                whenGone.add(action);
                return;
            }
        }
        action.run();
    }

    /** Runs {@code action} when the response is over, complete or not. */
    void whenOver(Runnable action) {
        routing.addEndHandler(end -> action.run());
    }

    private void clientLeft() {
        List<Runnable> actions;
        synchronized (whenGone) {
            gone = true;
            actions = List.copyOf(whenGone);
            whenGone.clear();
        }
        actions.forEach(Runnable::run);
    }

    /** Something that happens later unless it is closed before. */
    interface Timer extends AutoCloseable {
        @Override
        void close();
    }

    Timer closeConnectionAfter(Duration time) {
        long id = routing.vertx()
                .setTimer(
                        time.toMillis(), fired -> routing.request().connection().close());
        return () -> routing.vertx().cancelTimer(id);
    }

    ErrorForm errorForm() {
        return ErrorForm.of(routing.normalizedPath());
    }

    /** Answers from the filter, before the framework has seen the request. */
    void refuse(ForetokenException failure) {
        PublicError error = publish(failure);
        if (error.code() == ErrorCode.UNAUTHENTICATED) {
            routing.response().putHeader("www-authenticate", "Bearer");
        }
        boolean more = !routing.request().isEnded();
        routing.response()
                .setStatusCode(HttpStatus.of(error.code()))
                .putHeader("content-type", "application/json")
                .end(Buffer.buffer(errorForm().write(error).toBytes()));
        if (more) {
            UnwantedRest.bound(routing.vertx(), routing.request());
        }
    }

    /** What the caller may see of a failure; what the operator must see is logged. */
    PublicError publish(Throwable failure) {
        return Refusals.publish(requestId, failure);
    }
}

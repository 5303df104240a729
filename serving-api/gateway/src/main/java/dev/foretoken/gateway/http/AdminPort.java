package dev.foretoken.gateway.http;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.AdminConfig;
import dev.foretoken.gateway.Gateway;
import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The second listener: the same routes as the first, but every request is marked as having come in here, which is what routes that change
 * something ask for. Started and stopped by the application's main thread.
 */
@Singleton
public final class AdminPort {

    private static final Duration WAIT = Duration.ofSeconds(10);
    private static final int IDLE_SECONDS = 300;
    /** Operators and their tools; each may hold some. */
    private static final int MOST_CONNECTIONS = 256;
    /** No request here has a long path or a token of many claims. */
    private static final int MOST_LINE_BYTES = 4 << 10;

    private static final int MOST_HEADER_BYTES = 8 << 10;

    private final Vertx vertx;
    private final Gateway gateway;
    private final AtomicInteger connections = new AtomicInteger();
    private @Nullable HttpServer server;

    @Inject
    AdminPort(Vertx vertx, Gateway gateway) {
        this.vertx = vertx;
        this.gateway = gateway;
    }

    /**
     * Listens where the configuration says; a second call changes nothing. Returns the port; empty when the configuration names none.
     *
     * @throws ForetokenException CONFIG_INVALID when the address is taken
     */
    public synchronized OptionalInt listen() {
        if (server == null && gateway.config().admin().isPresent()) {
            server = listen(gateway.config().admin().get());
        }
        return server == null ? OptionalInt.empty() : OptionalInt.of(server.actualPort());
    }

    private HttpServer listen(AdminConfig config) {
        Handler<HttpServerRequest> routes = VertxHttpRecorder.getRootHandler();
        HttpServerOptions options = new HttpServerOptions()
                .setHost(config.host())
                .setPort(config.port())
                .setIdleTimeout(IDLE_SECONDS)
                .setMaxInitialLineLength(MOST_LINE_BYTES)
                .setMaxHeaderSize(MOST_HEADER_BYTES)
                .setHandle100ContinueAutomatically(true);
        gateway.tls().ifPresent(material -> EdgeTls.encrypt(options, material));
        try {
            return vertx.createHttpServer(options)
                    .connectionHandler(this::count)
                    .requestHandler(request -> {
                        Listener.ADMIN.mark();
                        routes.handle(request);
                    })
                    .listen()
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "cannot listen on " + config.host() + ":" + config.port() + " (" + cause.getMessage()
                            + "); choose another --admin-port",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ForetokenException(ErrorCode.CANCELLED, "interrupted while the admin port was opened", e);
        }
    }

    private void count(HttpConnection connection) {
        connection.closeHandler(closed -> connections.decrementAndGet());
        if (connections.incrementAndGet() > MOST_CONNECTIONS) {
            connection.close();
        }
    }

    @PreDestroy
    synchronized void close() {
        if (server != null) {
            server.close();
            server = null;
        }
    }
}

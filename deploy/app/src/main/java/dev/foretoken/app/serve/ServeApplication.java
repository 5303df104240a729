package dev.foretoken.app.serve;

import dev.foretoken.app.config.AppConfig;
import dev.foretoken.app.engine.ProcessCpus;
import dev.foretoken.app.terminal.ProgressBar;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.http.AdminPort;
import dev.foretoken.gateway.remote.EventLoops;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.vertx.http.HttpServer;
import io.vertx.core.Vertx;
import io.vertx.core.impl.VertxInternal;
import jakarta.inject.Inject;
import java.util.OptionalInt;

/** Starts the parts of the role once HTTP listens, says where to find them, and stops them in order after SIGTERM. */
public final class ServeApplication implements QuarkusApplication {

    private static final int FAILED = 2;

    private final AppConfig config;
    private final Gateway gateway;
    private final HttpServer http;
    private final AdminPort admin;
    private final Drain drain;
    private final Traces traces;
    private final VertxInternal vertx;

    @Inject
    ServeApplication(
            AppConfig config,
            Gateway gateway,
            HttpServer http,
            AdminPort admin,
            Drain drain,
            Traces traces,
            Vertx vertx) {
        this.vertx = (VertxInternal) vertx;
        this.traces = traces;
        this.config = config;
        this.gateway = gateway;
        this.http = http;
        this.admin = admin;
        this.drain = drain;
    }

    @Override
    public int run(String... args) {
        try (ServerParts parts = start()) {
            drain.prepare(() -> parts.drain(gateway, config.drainTimeout()));
            OptionalInt adminPort = config.hasRegistry() ? admin.listen() : OptionalInt.empty();
            Announcement.of(config, parts, gateway, http.getPort(), adminPort).print(System.out);
            Quarkus.waitForExit();
            drain.await();
            return 0;
        } catch (ForetokenException e) {
            System.err.println("foretoken: " + e.getMessage());
            return FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        }
    }

    /**
     * Refuses what the server would refuse once it had started.
     *
     * @throws ForetokenException CONFIG_INVALID
     */
    public static void check(AppConfig config) {
        TemporaryFolder.check(TemporaryFolder.ofProcess());
        ServerBeans.gatewayConfig(config);
        ProcessCpus.ofProcess().check(config.engine().cpus());
        ServerParts.check(config);
        Transport.check(config);
        PodFleet.prepare(config);
    }

    private ServerParts start() {
        try (ProgressBar progress = ProgressBar.onStderr()) {
            return ServerParts.start(
                    config,
                    gateway,
                    traces.tracing().engine(),
                    progress,
                    new ServerParts.Http(http.getPort(), loops()));
        }
    }

    private EventLoops loops() {
        return new EventLoops(vertx.getEventLoopGroup(), vertx.transport().channelFactory(false));
    }
}

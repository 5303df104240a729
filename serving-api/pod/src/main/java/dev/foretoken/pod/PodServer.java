package dev.foretoken.pod;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.Engine;
import dev.foretoken.wire.server.ListeningServer;
import dev.foretoken.wire.tls.TlsMaterial;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The gRPC server that lets gateways in other processes use this process's engine. */
public final class PodServer implements AutoCloseable {

    private static final int MAX_CALLS_PER_CONNECTION = 4096;
    /** Gateways have one each, and a second one while they replace it. */
    private static final int MAX_CONNECTIONS = 1024;

    private final ListeningServer server;

    private PodServer(ListeningServer server) {
        this.server = server;
    }

    /** Starts to listen without encryption. @throws ForetokenException CONFIG_INVALID when the address cannot be bound */
    public static PodServer start(PodConfig config, Engine engine) {
        return start(config, engine, Optional.empty());
    }

    /**
     * Starts to listen.
     *
     * @param tls what connections are encrypted with; with authorities gateways must show a certificate that one of them signed
     * @throws ForetokenException CONFIG_INVALID when the address cannot be bound
     */
    public static PodServer start(PodConfig config, Engine engine, Optional<TlsMaterial> tls) {
        try {
            return new PodServer(ListeningServer.start(
                    new ListeningServer.Bounds(
                            config.host(),
                            config.port(),
                            MAX_CONNECTIONS,
                            config.maxMessageBytes(),
                            MAX_CALLS_PER_CONNECTION,
                            tls),
                    new PodCredential(config.credential()),
                    calls -> List.of(new PodEngineService(engine, config, calls))));
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "cannot listen on " + config.host() + ":" + config.port() + ": " + e.getMessage()
                            + "; choose another pod.port",
                    e);
        }
    }

    public int port() {
        return server.port();
    }

    /** Takes no new call and waits for the running ones at most {@code grace}, then ends them. */
    public void stop(Duration grace) {
        server.stop(grace);
    }

    @Override
    public void close() {
        stop(Duration.ZERO);
    }
}

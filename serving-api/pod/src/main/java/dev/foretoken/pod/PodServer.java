package dev.foretoken.pod;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.Engine;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** The gRPC server that lets gateways in other processes use this process's engine. */
public final class PodServer implements AutoCloseable {

    private static final int MAX_METADATA_BYTES = 16 << 10;
    private static final int MAX_CALLS_PER_CONNECTION = 4096;
    private static final long TEARDOWN_SECONDS = 5;

    private final Server server;
    private final ExecutorService calls;

    private PodServer(Server server, ExecutorService calls) {
        this.server = server;
        this.calls = calls;
    }

    /** Starts to listen. @throws ForetokenException CONFIG_INVALID when the address cannot be bound */
    public static PodServer start(PodConfig config, Engine engine) {
        ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(config.host(), config.port()))
                .executor(calls)
                .intercept(new PodCredential(config.credential()))
                .addService(new PodEngineService(engine, calls))
                .maxInboundMessageSize(config.maxMessageBytes())
                .maxInboundMetadataSize(MAX_METADATA_BYTES)
                .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
                .permitKeepAliveTime(10, TimeUnit.SECONDS)
                .build();
        try {
            server.start();
        } catch (IOException e) {
            calls.shutdownNow();
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "cannot listen on " + config.host() + ":" + config.port() + ": " + e.getMessage()
                            + "; choose another pod.port",
                    e);
        }
        return new PodServer(server, calls);
    }

    public int port() {
        return server.getPort();
    }

    /** Takes no new call and waits for the running ones at most {@code grace}, then ends them. */
    public void stop(Duration grace) {
        server.shutdown();
        terminate(grace);
    }

    @Override
    public void close() {
        stop(Duration.ZERO);
    }

    /** The executor goes last: a server that cannot hand a call its end leaves the connection open. */
    private void terminate(Duration grace) {
        try {
            if (!server.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                server.shutdownNow();
                server.awaitTermination(TEARDOWN_SECONDS, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            server.shutdownNow();
        }
        calls.shutdown();
    }
}

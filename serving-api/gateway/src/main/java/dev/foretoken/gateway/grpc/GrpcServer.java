package dev.foretoken.gateway.grpc;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.wire.v1.InferenceGrpc;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The public gRPC server. */
public final class GrpcServer implements AutoCloseable {

    private static final int MAX_METADATA_BYTES = 16 << 10;
    private static final int MAX_CALLS_PER_CONNECTION = 1024;
    private static final long TEARDOWN_SECONDS = 5;

    private final Server server;
    private final ExecutorService calls;
    private final HealthStatusManager health;
    private final AtomicBoolean ending = new AtomicBoolean();

    private GrpcServer(Server server, ExecutorService calls, HealthStatusManager health) {
        this.server = server;
        this.calls = calls;
        this.health = health;
    }

    /**
     * Starts to listen.
     *
     * @throws ForetokenException CONFIG_INVALID when the address cannot be bound
     */
    public static GrpcServer start(GrpcConfig config, Gateway gateway) {
        ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
        HealthStatusManager health = new HealthStatusManager();
        Server server = NettyServerBuilder.forAddress(new InetSocketAddress(config.host(), config.port()))
                .executor(calls)
                .intercept(new CallAuthentication(gateway.authenticator()))
                .addService(new InferenceService(gateway, calls))
                .addService(health.getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance())
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
                    "cannot listen on " + config.host() + ":" + config.port() + " (" + e.getMessage()
                            + "); choose another --grpc-port",
                    e);
        }
        health.setStatus(InferenceGrpc.SERVICE_NAME, ServingStatus.SERVING);
        return new GrpcServer(server, calls, health);
    }

    public int port() {
        return server.getPort();
    }

    /** Full names of every method that can be called. */
    List<String> methods() {
        return server.getServices().stream()
                .flatMap(service -> service.getMethods().stream())
                .map(method -> method.getMethodDescriptor().getFullMethodName())
                .toList();
    }

    /** Says NOT_SERVING from now on; calls still come through. */
    public void announceEnd() {
        if (ending.compareAndSet(false, true)) {
            health.enterTerminalState();
        }
    }

    /** Says NOT_SERVING, takes no new call, waits for the running ones at most {@code grace}, then ends them. */
    public void stop(Duration grace) {
        announceEnd();
        server.shutdown();
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

    @Override
    public void close() {
        stop(Duration.ZERO);
    }
}

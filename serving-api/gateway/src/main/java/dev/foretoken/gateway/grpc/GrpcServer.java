package dev.foretoken.gateway.grpc;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.wire.inference.GRPCInferenceServiceGrpc;
import dev.foretoken.wire.server.ListeningServer;
import dev.foretoken.wire.v1.InferenceGrpc;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** The public gRPC server. */
public final class GrpcServer implements AutoCloseable {

    private static final int MAX_CALLS_PER_CONNECTION = 1024;

    private final ListeningServer server;
    private final HealthStatusManager health;
    private final AtomicBoolean ending = new AtomicBoolean();

    private GrpcServer(ListeningServer server, HealthStatusManager health) {
        this.server = server;
        this.health = health;
    }

    /**
     * Starts to listen.
     *
     * @throws ForetokenException CONFIG_INVALID when the address cannot be bound
     */
    public static GrpcServer start(GrpcConfig config, Gateway gateway) {
        HealthStatusManager health = new HealthStatusManager();
        try {
            ListeningServer server = ListeningServer.start(
                    new ListeningServer.Bounds(
                            config.host(),
                            config.port(),
                            gateway.config().http().maxConnections(),
                            config.maxMessageBytes(),
                            MAX_CALLS_PER_CONNECTION,
                            gateway.tls()),
                    new CallAuthentication(gateway.authenticator()),
                    calls -> List.of(
                            new InferenceService(gateway, calls),
                            new OpenInferenceService(gateway, calls),
                            health.getHealthService(),
                            ProtoReflectionServiceV1.newInstance()));
            health.setStatus(InferenceGrpc.SERVICE_NAME, ServingStatus.SERVING);
            health.setStatus(GRPCInferenceServiceGrpc.SERVICE_NAME, ServingStatus.SERVING);
            return new GrpcServer(server, health);
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "cannot listen on " + config.host() + ":" + config.port() + " (" + e.getMessage()
                            + "); choose another --grpc-port",
                    e);
        }
    }

    public int port() {
        return server.port();
    }

    /** Full names of every method that can be called. */
    List<String> methods() {
        return server.services().stream()
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
        server.stop(grace);
    }

    @Override
    public void close() {
        stop(Duration.ZERO);
    }
}

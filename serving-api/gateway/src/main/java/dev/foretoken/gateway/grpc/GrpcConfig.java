package dev.foretoken.gateway.grpc;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import dev.foretoken.gateway.tensor.TensorLimits;

/**
 * Where the public gRPC server listens. Which hosts need an API key is decided with the HTTP server's host: both share one.
 *
 * @param port 0 = any free one
 * @param maxMessageBytes largest request taken
 */
public record GrpcConfig(String host, int port, int maxMessageBytes) {

    public static final int DEFAULT_PORT = 9090;
    private static final int DEFAULT_MESSAGE_BYTES = 4 << 20;
    private static final int MOST_MESSAGE_BYTES = 1 << 30;

    public GrpcConfig {
        requireRange("grpc.port", port, 0, 65_535);
        requireRange("grpc.max-message-bytes", maxMessageBytes, 1 << 10, MOST_MESSAGE_BYTES);
    }

    public static GrpcConfig of(String host, int port) {
        return new GrpcConfig(host, port, DEFAULT_MESSAGE_BYTES);
    }

    /** Takes messages with so many bytes of tensors, and what describes them. */
    public GrpcConfig taking(TensorLimits tensors) {
        return new GrpcConfig(host, port, (int)
                Math.min(MOST_MESSAGE_BYTES, (long) tensors.maxRequestBytes() + DEFAULT_MESSAGE_BYTES));
    }
}

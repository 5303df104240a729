package dev.foretoken.gateway.grpc;

import static dev.foretoken.contract.ConfigCheck.requireRange;

/**
 * Where the public gRPC server listens. Which hosts need an API key is decided with the HTTP server's host: both share one.
 *
 * @param port 0 = any free one
 * @param maxMessageBytes largest request taken
 */
public record GrpcConfig(String host, int port, int maxMessageBytes) {

    public static final int DEFAULT_PORT = 9090;
    private static final int DEFAULT_MESSAGE_BYTES = 4 << 20;

    public GrpcConfig {
        requireRange("grpc.port", port, 0, 65_535);
        requireRange("grpc.max-message-bytes", maxMessageBytes, 1 << 10, 1 << 30);
    }

    public static GrpcConfig of(String host, int port) {
        return new GrpcConfig(host, port, DEFAULT_MESSAGE_BYTES);
    }
}

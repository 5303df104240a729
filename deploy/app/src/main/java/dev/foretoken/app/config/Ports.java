package dev.foretoken.app.config;

import static dev.foretoken.contract.ConfigCheck.requireRange;

/** Where the process listens; 0 = any free port. */
public record Ports(String host, int http, int grpc, int pod) {

    public static final Ports DEFAULT = new Ports("127.0.0.1", 8080, 9090, 9091);

    public Ports {
        requireRange("port", http, 0, 65_535);
        requireRange("grpc-port", grpc, 0, 65_535);
        requireRange("pod-port", pod, 0, 65_535);
    }
}

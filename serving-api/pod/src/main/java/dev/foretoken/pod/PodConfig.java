package dev.foretoken.pod;

import static dev.foretoken.contract.ConfigCheck.require;
import static dev.foretoken.contract.ConfigCheck.requireRange;

import dev.foretoken.wire.server.ListeningServer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;

/**
 * Where the pod listens.
 *
 * @param port 0 = any free one
 * @param credential what gateways must present; needed unless the host is a loopback address
 * @param maxMessageBytes largest message taken
 * @param httpPort where this process answers HTTP callers itself; 0 = nowhere
 * @param heartbeat a request of which there is nothing to tell for this long gets an empty message, so that its gateway knows it lives
 */
public record PodConfig(
        String host, int port, Optional<String> credential, int maxMessageBytes, int httpPort, Duration heartbeat) {

    public static final int DEFAULT_PORT = 9091;
    private static final Duration DEFAULT_HEARTBEAT = Duration.ofSeconds(1);

    public PodConfig {
        requireRange("pod.port", port, 0, 65_535);
        requireRange("pod.max-message-bytes", maxMessageBytes, 1 << 10, 1 << 30);
        requireRange("pod.http-port", httpPort, 0, 65_535);
        requireRange("pod.heartbeat", heartbeat, Duration.ofMillis(1), Duration.ofMinutes(1));
        require(
                credential.isPresent() || isLoopback(host),
                "pod.host",
                host,
                "a loopback address unless pod.credential is set");
        require(
                credential.map(String::length).orElse(16) >= 16,
                "pod.credential",
                "(hidden)",
                "at least 16 characters long");
    }

    public static PodConfig loopback(int port) {
        return new PodConfig(
                "127.0.0.1", port, Optional.empty(), ListeningServer.POD_MESSAGE_BYTES, 0, DEFAULT_HEARTBEAT);
    }

    public static PodConfig of(String host, int port, Optional<String> credential) {
        return new PodConfig(host, port, credential, ListeningServer.POD_MESSAGE_BYTES, 0, DEFAULT_HEARTBEAT);
    }

    public PodConfig withHeartbeat(Duration value) {
        return new PodConfig(host, port, credential, maxMessageBytes, httpPort, value);
    }

    public PodConfig answeringHttpOn(int value) {
        return new PodConfig(host, port, credential, maxMessageBytes, value, heartbeat);
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    @Override
    public String toString() {
        return "PodConfig[host=" + host + ", port=" + port + "]";
    }
}

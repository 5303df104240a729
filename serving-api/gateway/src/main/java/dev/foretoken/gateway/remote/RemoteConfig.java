package dev.foretoken.gateway.remote;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.time.Duration;
import java.util.Optional;

/**
 * Where a pod is and how long to wait for it.
 *
 * @param credential what the pod demands, if it does
 * @param submitTimeout until a submission is accepted or refused
 * @param reportInterval between load reports
 * @param stallTimeout a pod that sends nothing at all for this long, not even that it is alive, has lost the request,
 *     and one that reports nothing gets no other
 * @param tls how the connection is encrypted; empty: it is not
 */
public record RemoteConfig(
        String host,
        int port,
        Optional<String> credential,
        Duration submitTimeout,
        Duration reportInterval,
        Duration stallTimeout,
        Optional<PodTls> tls) {

    public RemoteConfig {
        requireRange("pod.port", port, 1, 65_535);
        requireRange("pod.submit-timeout", submitTimeout, Duration.ofMillis(10), Duration.ofMinutes(5));
        requireRange("pod.report-interval", reportInterval, Duration.ofMillis(20), Duration.ofMinutes(1));
        requireRange("pod.stall-timeout", stallTimeout, Duration.ofMillis(10), Duration.ofMinutes(10));
    }

    /** In plaintext. */
    public RemoteConfig(
            String host,
            int port,
            Optional<String> credential,
            Duration submitTimeout,
            Duration reportInterval,
            Duration stallTimeout) {
        this(host, port, credential, submitTimeout, reportInterval, stallTimeout, Optional.empty());
    }

    /** Patient enough for a pause of the pod's, and short enough that callers of one that hangs go on elsewhere within ten seconds. */
    public static RemoteConfig of(String host, int port, Optional<String> credential) {
        return new RemoteConfig(
                host, port, credential, Duration.ofSeconds(5), Duration.ofMillis(100), Duration.ofSeconds(5));
    }

    public RemoteConfig encrypted(Optional<PodTls> by) {
        return new RemoteConfig(host, port, credential, submitTimeout, reportInterval, stallTimeout, by);
    }

    public String address() {
        return host + ":" + port;
    }

    @Override
    public String toString() {
        return "RemoteConfig[" + address() + "]";
    }
}

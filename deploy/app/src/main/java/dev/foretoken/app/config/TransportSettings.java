package dev.foretoken.app.config;

import static dev.foretoken.contract.ConfigCheck.require;

import dev.foretoken.gateway.auth.HostNames;
import dev.foretoken.wire.tls.TlsFiles;
import java.util.List;
import java.util.Optional;

/**
 * What travels encrypted.
 *
 * @param edge callers' and operators' connections; none = plaintext
 * @param pods connections between gateways and runtime pods; none = plaintext
 * @param podName what pods' certificates are for, where it is not the name they are found by
 * @param podPlaintext whether tokens may travel between machines as they are
 */
public record TransportSettings(TlsFiles edge, TlsFiles pods, Optional<String> podName, boolean podPlaintext) {

    public static final TransportSettings PLAIN =
            new TransportSettings(TlsFiles.NONE, TlsFiles.NONE, Optional.empty(), false);

    private static final String GIVEN = "(given)";

    public TransportSettings {
        require(
                edge.isEmpty() || edge.identity().isPresent(),
                "tls-client-ca",
                GIVEN,
                "given together with tls-cert and tls-key");
        require(!podPlaintext || pods.isEmpty(), "pod-plaintext", true, "left out where pod-tls-* is given");
    }

    /**
     * @param withPod whether role all is a pod, too
     * @throws dev.foretoken.contract.ForetokenException CONFIG_INVALID for what this role cannot do, or should not
     */
    void requireFor(Role role, boolean withPod, String host, List<PodPlace> places) {
        switch (role) {
            case ALL -> {
                if (withPod) {
                    requireForRuntime(host);
                } else {
                    requireNoPods();
                }
            }
            case REGISTRY -> requireNoPods();
            case RUNTIME -> requireForRuntime(host);
            case GATEWAY -> requireForGateway(places);
        }
    }

    private void requireNoPods() {
        require(
                pods.isEmpty() && !podPlaintext && podName.isEmpty(),
                "pod-tls-*",
                GIVEN,
                "given in roles gateway and runtime, which talk to each other, and in role all with --with-pod");
    }

    private void requireForRuntime(String host) {
        require(
                pods.isEmpty() || pods.identity().isPresent(),
                "pod-tls-cert",
                "(none)",
                "given together with pod-tls-key in role runtime, which gateways connect to");
        require(podName.isEmpty(), "pod-tls-name", GIVEN, "given in role gateway, which checks it");
        requireEncrypted(HostNames.isLoopback(host), "host", host);
    }

    private void requireForGateway(List<PodPlace> places) {
        require(
                pods.isEmpty() || pods.authorities().isPresent(),
                "pod-tls-ca",
                "(none)",
                "given in role gateway, which believes pods by it");
        places.forEach(place -> requireEncrypted(place.isLoopback(), "pod", place));
    }

    private void requireEncrypted(boolean loopback, String option, Object value) {
        require(
                loopback || podPlaintext || !pods.isEmpty(),
                option,
                value,
                "a loopback address unless pods are reached by TLS (pod-tls-cert, pod-tls-key, pod-tls-ca); prompts and answers would be readable on the network, which pod-plaintext allows");
    }
}

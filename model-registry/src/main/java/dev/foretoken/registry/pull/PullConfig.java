package dev.foretoken.registry.pull;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.remote.HostRules;
import dev.foretoken.registry.remote.RemoteLimits;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What pulls may do.
 *
 * @param hub the Hugging Face hub or a mirror of it, {@code https://HOST}
 * @param hubToken sent to the hub's own host and to nobody else
 */
public record PullConfig(HostRules rules, RemoteLimits limits, URI hub, Optional<String> hubToken) {

    private static final URI HUB = URI.create("https://huggingface.co");

    /** @throws ForetokenException CONFIG_INVALID when the hub is no origin */
    public PullConfig {
        boolean bare = hub.getRawPath() == null
                || hub.getRawPath().isEmpty()
                || hub.getRawPath().equals("/");
        if (hub.getHost() == null || !bare || hub.getRawQuery() != null || hub.getRawUserInfo() != null) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "the hub's endpoint must be https://HOST and nothing else");
        }
    }

    /** The hub and nothing else. */
    public static PullConfig defaults() {
        return new PullConfig(HostRules.defaults(), RemoteLimits.defaults(), HUB, Optional.empty());
    }

    /**
     * The defaults with {@code HF_TOKEN} and {@code HF_ENDPOINT} of the environment, and more hosts. An endpoint is not allowed by being
     * named: its host must be listed too.
     */
    public static PullConfig of(Map<String, String> environment, List<String> hosts, List<String> privateHosts) {
        Optional<String> token =
                Optional.ofNullable(environment.get("HF_TOKEN")).filter(text -> !text.isBlank());
        String endpoint = environment.getOrDefault("HF_ENDPOINT", "");
        try {
            URI hub = endpoint.isBlank() ? HUB : URI.create(endpoint.strip().replaceFirst("/$", ""));
            return new PullConfig(HostRules.defaults().with(hosts, privateHosts), RemoteLimits.defaults(), hub, token);
        } catch (IllegalArgumentException e) {
            throw new ForetokenException(ErrorCode.CONFIG_INVALID, "HF_ENDPOINT must be https://HOST", e);
        }
    }

    /** Never the token. */
    @Override
    public String toString() {
        return "PullConfig[hub=%s, token=%s]".formatted(hub, hubToken.isPresent() ? "given" : "none");
    }
}

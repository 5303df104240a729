package dev.foretoken.registry.oci;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.remote.RemoteJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Who we are at each registry: {@code FORETOKEN_OCI_USERNAME} and {@code FORETOKEN_OCI_PASSWORD} for {@code FORETOKEN_OCI_HOST}, then the
 * {@code auths} of Docker's {@code config.json}. Credential helpers are programs and are not run.
 */
public final class OciCredentials {

    private static final String PREFIX = "FORETOKEN_OCI_";
    private static final int MAX_CONFIG = 1 << 20;

    private final Map<String, String> basicByHost;

    private OciCredentials(Map<String, String> basicByHost) {
        this.basicByHost = Map.copyOf(basicByHost);
    }

    public static OciCredentials none() {
        return new OciCredentials(Map.of());
    }

    public static OciCredentials of(String host, String user, String password) {
        return new OciCredentials(Map.of(host, basic(user + ":" + password)));
    }

    /**
     * Reads both places.
     *
     * @param home folder in which {@code .docker/config.json} is, unless the environment has DOCKER_CONFIG
     * @throws ForetokenException CONFIG_INVALID when a file is there and cannot be read
     */
    public static OciCredentials of(Map<String, String> environment, Path home) {
        Map<String, String> found = new TreeMap<>();
        String folder = environment.get("DOCKER_CONFIG");
        Path file = (folder == null ? home.resolve(".docker") : Path.of(folder)).resolve("config.json");
        if (Files.isRegularFile(file)) {
            read(file)
                    .properties()
                    .forEach(entry -> auth(entry.getValue()).ifPresent(auth -> found.put(host(entry.getKey()), auth)));
        }
        String host = environment.getOrDefault(PREFIX + "HOST", "");
        if (!host.isEmpty()) {
            String user = environment.getOrDefault(PREFIX + "USERNAME", "");
            found.put(host, basic(user + ":" + environment.getOrDefault(PREFIX + "PASSWORD", "")));
        }
        return new OciCredentials(found);
    }

    private static JsonNode read(Path file) {
        try {
            if (Files.size(file) > MAX_CONFIG) {
                throw new IOException("too long");
            }
            return RemoteJson.object("Docker's config.json", Files.readAllBytes(file))
                    .path("auths");
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.CONFIG_INVALID, "Docker's config.json cannot be read", e);
        }
    }

    private static Optional<String> auth(JsonNode entry) {
        String auth = entry.path("auth").asText("");
        String user = entry.path("username").asText("");
        if (!auth.isEmpty()) {
            return Optional.of("Basic " + auth.strip());
        }
        return user.isEmpty()
                ? Optional.empty()
                : Optional.of(basic(user + ":" + entry.path("password").asText("")));
    }

    /** Docker writes {@code HOST}, {@code https://HOST} or {@code https://HOST/v1/}. */
    private static String host(String key) {
        return key.replaceFirst("^https?://", "").replaceFirst("/.*", "");
    }

    private static String basic(String userAndPassword) {
        return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
    }

    /** The Authorization header; empty for a host where we are nobody. */
    Optional<String> basic(OciReference place) {
        return Optional.ofNullable(basicByHost.get(place.host()));
    }

    /** Hosts, never secrets. */
    @Override
    public String toString() {
        return "OciCredentials" + basicByHost.keySet();
    }
}

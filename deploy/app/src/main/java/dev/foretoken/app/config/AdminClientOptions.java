package dev.foretoken.app.config;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of commands that ask the admin port of a running server. */
public final class AdminClientOptions {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int MAX_BYTES = 64 << 20;
    private static final int OK = 200;

    @Option(
            names = "--admin-url",
            paramLabel = "URL",
            defaultValue = "${env:FORETOKEN_ADMIN_URL:-http://127.0.0.1:8081}",
            description =
                    "The server's admin port, which it has where it was given an admin key. Default: ${DEFAULT-VALUE}.")
    String url = "http://127.0.0.1:8081";

    @Option(
            names = "--admin-key-file",
            paramLabel = "FILE",
            defaultValue = "${env:FORETOKEN_ADMIN_KEY_FILE}",
            description =
                    "File whose first line is the key of that port. Default: the environment variable FORETOKEN_ADMIN_KEY, else none.")
    @Nullable
    Path keyFile;

    /**
     * What the server answers to GET.
     *
     * @param environment of the process: the key that no file names
     * @throws ForetokenException REPLICA_UNAVAILABLE where nobody answers, CONFIG_INVALID where the answer is a refusal
     */
    public byte[] get(String path, Map<String, String> environment) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(address(path)).timeout(TIMEOUT);
        String key = key(environment);
        if (!key.isEmpty()) {
            request.header("authorization", "Bearer " + key);
        }
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
            HttpResponse<InputStream> response =
                    client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                byte[] bytes = body.readNBytes(MAX_BYTES);
                if (response.statusCode() != OK) {
                    throw refused("answers with status " + response.statusCode() + why(bytes)
                            + "; it must be the admin port of a server, and the key one of its admin keys");
                }
                return bytes;
            }
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.REPLICA_UNAVAILABLE,
                    "admin-url=" + url + " does not answer (" + e.getMessage()
                            + "); is the server running, and with an admin key, without which it has no such port?",
                    e);
        }
    }

    /** What the server says of a refusal, as far as a terminal should see it. */
    private static String why(byte[] body) {
        try {
            String message =
                    new ObjectMapper().readTree(body).at("/error/message").asText();
            return message.isEmpty() ? "" : " (" + message.replaceAll("[^ -~]", "?") + ")";
        } catch (IOException e) {
            return ""; // Somebody else's server.
        }
    }

    private URI address(String path) {
        try {
            URI address = URI.create(url.endsWith("/") ? url.substring(0, url.length() - 1) + path : url + path);
            if (address.getHost() != null && List.of("http", "https").contains(address.getScheme())) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            throw new ForetokenException(ErrorCode.CONFIG_INVALID, "admin-url=" + url + " is not a URL", e);
        }
        throw refused("must be http:// or https:// with a host");
    }

    private ForetokenException refused(String problem) {
        return new ForetokenException(ErrorCode.CONFIG_INVALID, "admin-url=" + url + " " + problem);
    }

    private String key(Map<String, String> environment) {
        return keyFile == null
                ? environment.getOrDefault("FORETOKEN_ADMIN_KEY", "")
                : new SecretFile("admin-key-file", keyFile).read().getFirst();
    }
}

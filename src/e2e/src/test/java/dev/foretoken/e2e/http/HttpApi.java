package dev.foretoken.e2e.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends requests to one server. */
public final class HttpApi {

    public static final String COMPLETIONS = "/v1/completions";
    public static final String CHAT = "/v1/chat/completions";

    static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final HttpClient client;
    private final URI server;
    private final Optional<String> key;
    private final Optional<Duration> timeout;

    public HttpApi(URI server) {
        this(server, Optional.empty());
    }

    /** @param key sent as bearer token */
    public HttpApi(URI server, Optional<String> key) {
        this(HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(), server, key, Optional.empty());
    }

    private HttpApi(HttpClient client, URI server, Optional<String> key, Optional<Duration> timeout) {
        this.client = client;
        this.server = server;
        this.key = key;
        this.timeout = timeout;
    }

    /** Requests that say to the server how long they may take. */
    public HttpApi within(Duration time) {
        return new HttpApi(client, server, key, Optional.of(time));
    }

    /** The same through another client, such as one with a certificate. */
    public HttpApi over(HttpClient other) {
        return new HttpApi(other, server, key, timeout);
    }

    public Reply get(String path) {
        return send("GET", path, HttpRequest.BodyPublishers.noBody());
    }

    public Reply post(String path, Map<String, ?> body) {
        return send("POST", path, json(body));
    }

    /** Any method, with a body as it is. */
    public Reply send(String method, String path, HttpRequest.BodyPublisher body) {
        HttpResponse<String> response = exchange(method, path, body, HttpResponse.BodyHandlers.ofString());
        return new Reply(response.statusCode(), response.headers(), parse(response.body()));
    }

    /** A request whose answer comes as events; fails with {@link StreamRefused} unless the answer begins well. */
    public EventStream stream(String path, Map<String, ?> body) {
        HttpResponse<InputStream> response =
                exchange("POST", path, json(body), HttpResponse.BodyHandlers.ofInputStream());
        EventStream stream = new EventStream(response.body());
        if (response.statusCode() != 200) {
            throw new StreamRefused(path, new Reply(response.statusCode(), response.headers(), parse(stream.text())));
        }
        return stream;
    }

    private <T> HttpResponse<T> exchange(
            String method, String path, HttpRequest.BodyPublisher body, HttpResponse.BodyHandler<T> handler) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.resolve(path))
                .header("Content-Type", "application/json")
                .method(method, body);
        key.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        timeout.ifPresent(time -> request.header("x-request-timeout", Long.toString(time.toSeconds())));
        try {
            return client.sendAsync(request.build(), handler).get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(method + " " + path + " got no answer: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted: " + method + " " + path, e);
        }
    }

    private static HttpRequest.BodyPublisher json(Map<String, ?> body) {
        try {
            return HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            return JSON.getNodeFactory().textNode(text);
        }
    }
}

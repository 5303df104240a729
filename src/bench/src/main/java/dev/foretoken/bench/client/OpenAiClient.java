package dev.foretoken.bench.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A client of one server, with one pool of HTTP/1.1 connections. */
public final class OpenAiClient implements AutoCloseable {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI base;
    private final @Nullable String apiKey;
    private final LongSupplier nanoClock;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http;

    /** @param address of the server, with or without a trailing {@code /v1} */
    public OpenAiClient(String address, @Nullable String apiKey, LongSupplier nanoClock) {
        this.base = URI.create(withoutSuffix(withoutSuffix(withoutSuffix(address, "/"), "/v1"), "/"));
        if (base.getHost() == null
                || base.getScheme() == null
                || !base.getScheme().startsWith("http")) {
            throw new IllegalArgumentException(
                    "the address '" + address + "' is not an HTTP address; expected for example http://127.0.0.1:8080");
        }
        this.apiKey = apiKey;
        this.nanoClock = nanoClock;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_LIMIT)
                .executor(threads)
                .build();
    }

    /** Makes one streamed call and waits for its end. */
    public StreamedAnswer stream(StreamCall call) throws InterruptedException {
        long sent = nanoClock.getAsLong();
        Attempt first = new Attempt(http, request(call.path(), call.body()), call, nanoClock);
        Ending ending = first.run(call.limit());
        if (!first.closedBeforeAnswer()) {
            return new StreamedAnswer(sent, nanoClock.getAsLong(), first.tokens(), first.text(), ending, 0);
        }
        Attempt second = new Attempt(http, request(call.path(), call.body()), call, nanoClock);
        Ending retried = second.run(call.limit());
        return new StreamedAnswer(sent, nanoClock.getAsLong(), second.tokens(), second.text(), retried, 1);
    }

    /** Posts one request that is answered whole, and returns the JSON. */
    public JsonNode post(String path, byte[] body, Duration limit) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(request(path, body), (name, value) -> true)
                .timeout(limit)
                .build());
    }

    /** Returns the id of the first model the server lists. */
    public String firstModel() throws IOException, InterruptedException {
        HttpRequest request = authorized(HttpRequest.newBuilder(base.resolve(base.getPath() + "/v1/models")))
                .timeout(CONNECT_LIMIT)
                .build();
        JsonNode models = send(request).path("data");
        if (models.isEmpty()) {
            throw new IOException("GET " + request.uri() + " lists no model; name one with --model");
        }
        return models.get(0).path("id").asText();
    }

    @Override
    public void close() {
        http.shutdownNow();
        http.close();
        threads.close();
    }

    private JsonNode send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response;
        try {
            response = http.send(request, BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (HttpTimeoutException e) {
            throw new IOException(request.uri() + " did not answer in time", e);
        } catch (IOException e) {
            throw new IOException(request.uri() + " cannot be reached: " + e, e);
        }
        if (response.statusCode() >= 300) {
            throw new IOException(request.method() + " " + request.uri() + " answered " + response.statusCode() + ": "
                    + response.body());
        }
        return JSON.readTree(response.body());
    }

    private HttpRequest request(String path, byte[] body) {
        return authorized(HttpRequest.newBuilder(base.resolve(base.getPath() + path)))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
    }

    private HttpRequest.Builder authorized(HttpRequest.Builder request) {
        return apiKey == null ? request : request.header("Authorization", "Bearer " + apiKey);
    }

    private static String withoutSuffix(String text, String suffix) {
        return text.endsWith(suffix) ? text.substring(0, text.length() - suffix.length()) : text;
    }
}

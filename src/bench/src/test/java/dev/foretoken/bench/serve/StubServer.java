package dev.foretoken.bench.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongFunction;

/** A small OpenAI-compatible server with the manners of a bad one, chosen by the seed of each request. */
final class StubServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    enum Manner {
        GOOD,
        BUSY,
        DISCONNECT_INSIDE,
        DISCONNECT_BEFORE,
        ERROR_INSIDE,
        NO_LAST_EVENT,
        NOT_JSON_INSIDE,
        NEVER_ENDS,
    }

    private final HttpServer http;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final LongFunction<Manner> manners;
    /** What was asked for, in any order. */
    final List<JsonNode> bodies = new CopyOnWriteArrayList<>();

    final AtomicInteger requests = new AtomicInteger();
    final AtomicInteger inFlight = new AtomicInteger();
    final AtomicInteger mostInFlight = new AtomicInteger();

    StubServer(LongFunction<Manner> mannersBySeed) throws IOException {
        manners = mannersBySeed;
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.setExecutor(threads);
        http.createContext("/v1/models", exchange -> answer(exchange, 200, "{\"data\":[{\"id\":\"stub\"}]}"));
        http.createContext("/v1/completions", exchange -> handle(exchange, "prompt"));
        http.createContext("/v1/chat/completions", exchange -> handle(exchange, "messages"));
        http.start();
    }

    String url() {
        return "http://127.0.0.1:" + http.getAddress().getPort();
    }

    @Override
    public void close() {
        closing.countDown();
        http.stop(0);
        threads.close();
    }

    private void handle(HttpExchange exchange, String promptField) throws IOException {
        requests.incrementAndGet();
        mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
        try (exchange) {
            JsonNode body = parsed(exchange);
            bodies.add(body);
            if (!body.path("model").asText().equals("stub")) {
                answer(exchange, 404, "{\"error\":{\"message\":\"no such model\",\"code\":\"model_not_found\"}}");
            } else if (!body.has(promptField) || !body.path("max_tokens").isInt() || body.has("top_p")) {
                answer(exchange, 400, "{\"error\":{\"message\":\"wrong field\",\"code\":null}}");
            } else {
                serve(exchange, body);
            }
        } finally {
            inFlight.decrementAndGet();
        }
    }

    private static JsonNode parsed(HttpExchange exchange) throws IOException {
        try {
            return JSON.readTree(exchange.getRequestBody());
        } catch (JsonProcessingException e) {
            return JSON.createObjectNode().put("model", "stub");
        }
    }

    private void serve(HttpExchange exchange, JsonNode body) throws IOException {
        switch (manners.apply(body.path("seed").asLong())) {
            case GOOD -> stream(exchange, body, body.path("max_tokens").asInt(), end(body));
            case BUSY -> answer(exchange, 429, "{\"error\":{\"message\":\"queue full\"}}");
            case DISCONNECT_INSIDE -> stream(exchange, body, 2, "");
            case DISCONNECT_BEFORE -> exchange.close();
            case ERROR_INSIDE -> stream(exchange, body, 2, "data: {\"error\":{\"message\":\"broke\"}}\n\n");
            case NO_LAST_EVENT -> {
                stream(exchange, body, 2, ": bye\n\n");
                exchange.getResponseBody().close();
            }
            case NOT_JSON_INSIDE -> stream(exchange, body, 2, "data: {oops\n\n");
            case NEVER_ENDS -> {
                stream(exchange, body, 2, ": still here\n\n");
                awaitClosing();
            }
        }
    }

    /** Streams tokens and the given end; an empty end leaves most of a promised length unsent. */
    private void stream(HttpExchange exchange, JsonNode body, int tokens, String end) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, end.isEmpty() ? 100_000 : 0);
        OutputStream out = exchange.getResponseBody();
        for (int i = 0; i < tokens; i++) {
            String piece = body.has("messages") ? "{\"delta\":{\"content\":\"x \"}}" : "{\"text\":\"x \"}";
            out.write(("data: {\"choices\":[" + piece + "]}\n\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
        out.write(end.getBytes(StandardCharsets.UTF_8));
        out.flush();
        if (end.endsWith("[DONE]\n\n")) {
            out.close();
        }
    }

    private static String end(JsonNode body) {
        int output = body.path("max_tokens").asInt();
        return "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%d}}\n\ndata: [DONE]\n\n"
                .formatted(body.path("prompt").size(), output);
    }

    private void awaitClosing() {
        try {
            closing.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.getResponseBody().close();
    }
}

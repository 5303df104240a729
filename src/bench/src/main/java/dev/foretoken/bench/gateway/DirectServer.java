package dev.foretoken.bench.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.LogitBias;
import dev.foretoken.contract.request.ModelOptions;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.request.Penalties;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.SamplingParams;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.request.StopConditions;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers the benchmark's completions from the pods' engines in turn with no gateway between: the same steps, the same number of events of about the
 * same size, no tokenizer, no choice and no second connection. What a gateway adds is what a caller waits longer than here.
 */
final class DirectServer implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration EVENT_WITHIN = Duration.ofMinutes(1);
    private static final byte[] EVENT =
            ("data: {\"id\":\"cmpl-1\",\"object\":\"text_completion\",\"created\":1700000000,\"model\":\"echo\","
                            + "\"choices\":[{\"index\":0,\"text\":\" cat\",\"logprobs\":null,\"finish_reason\":null}]}\n\n")
                    .getBytes(StandardCharsets.UTF_8);
    private static final byte[] LAST = "data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8);

    private final List<EchoEngine> engines;
    private final AtomicInteger turn = new AtomicInteger();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** Listens on a free port of the loopback address. */
    DirectServer(List<EchoEngine> engines) throws IOException {
        this.engines = List.copyOf(engines);
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode body = JSON.readTree(exchange.getRequestBody().readAllBytes());
            int engine = Math.floorMod(turn.getAndIncrement(), engines.size());
            Generation generation = engines.get(engine).submit(request(body));
            exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
            exchange.sendResponseHeaders(200, 0);
            write(generation, exchange.getResponseBody());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void write(Generation generation, OutputStream out) throws IOException, InterruptedException {
        while (!generation.isDone()) {
            EngineEvent event = generation
                    .next(EVENT_WITHIN)
                    .orElseThrow(() -> new IOException("no step within " + EVENT_WITHIN.toSeconds() + " s"));
            if (event instanceof EngineEvent.TokenGenerated) {
                out.write(EVENT);
                out.flush();
            }
        }
        out.write(LAST);
        out.flush();
    }

    private static GenerationRequest request(JsonNode body) {
        long seed = body.required("seed").asLong();
        return new GenerationRequest(
                RequestIdentity.anonymous(Long.toString(seed)),
                body.required("model").asText(),
                Prompt.of(1, 2),
                1,
                new SamplingParams(0f, 0, 1f, 0f, Penalties.NONE, LogitBias.NONE, seed),
                StopConditions.afterTokens(body.required("max_tokens").asInt()),
                OutputOptions.TOKENS_ONLY,
                ServiceLevel.DEFAULT,
                ModelOptions.DEFAULT);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}

package dev.foretoken.gateway.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.GatewayConfig;
import dev.foretoken.gateway.auth.Caller;
import dev.foretoken.gateway.fake.FakeGraph;
import dev.foretoken.gateway.fake.Graphs;
import dev.foretoken.gateway.hold.HoldLimits;
import dev.foretoken.gateway.json.JsonBody;
import dev.foretoken.gateway.metrics.PrometheusTelemetry;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.routing.RoutingConfig;
import dev.foretoken.gateway.tensor.TensorLimits;
import dev.foretoken.gateway.tensor.json.BinaryPart;
import dev.foretoken.gateway.tensor.json.InferJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Inferences with a graph whose engine is not there yet, whatever brought them. */
@Timeout(300)
class HeldInferCallTest {

    private static final HoldLimits HOLD = new HoldLimits(Duration.ofSeconds(30), 4);

    private final AtomicLong clock = new AtomicLong();
    private final FakeGraph graph = Graphs.echo("m");
    private final CompletableFuture<Runnable> whenLeft = new CompletableFuture<>();
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private final Gateway gateway = gateway();

    private Gateway gateway() {
        graph.withState(ModelState.FAILED);
        ModelCatalog catalog = new ModelCatalog();
        catalog.put(graph.served(Optional.empty()));
        RoutingConfig usual = RoutingConfig.DEFAULT;
        return new Gateway(
                GatewayConfig.DEFAULT.routedBy(new RoutingConfig(usual.policy(), usual.fleet(), usual.records(), HOLD)),
                catalog,
                new PrometheusTelemetry(clock::get),
                new Gateway.Clocks(InstantSource.system(), clock::get),
                RandomGenerator.of("SecureRandom"));
    }

    @AfterEach
    void close() {
        callers.shutdownNow();
        gateway.close();
    }

    private final class Asking implements Call {

        private final Map<String, String> headers;

        Asking(Map<String, String> headers) {
            this.headers = headers;
        }

        @Override
        public Gateway gateway() {
            return gateway;
        }

        @Override
        public Caller caller() {
            return Caller.LOCAL;
        }

        @Override
        public @Nullable String header(String name) {
            return headers.get(name);
        }

        @Override
        public String requestId() {
            return "r";
        }

        @Override
        public long arrivedAt() {
            return 0;
        }

        @Override
        public void routed(String decision) {}

        /** Told while the request waits. */
        @Override
        public void whenClientLeaves(Runnable action) {
            whenLeft.complete(action);
        }
    }

    private Future<WholeReply> infer(Map<String, String> headers) {
        byte[] body = "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[2],\"data\":[1,2]}]}"
                .getBytes(StandardCharsets.UTF_8);
        InferJson json = new InferJson(TensorLimits.DEFAULT, BinaryPart.none());
        return callers.submit(() -> new InferCalls(new Asking(headers))
                .infer(ModelPath.parse("m/infer"), () -> json.read(JsonBody.parse(body))));
    }

    @Test
    void waitForItAndHaveTheRestOfTheirTime() throws Exception {
        Future<WholeReply> reply = infer(Map.of("x-request-timeout", "20"));
        whenLeft.get();
        clock.addAndGet(Duration.ofSeconds(15).toNanos());
        graph.withState(ModelState.READY);
        assertThat(new String(reply.get().body(), StandardCharsets.UTF_8)).contains("\"data\":[1.0,2.0]");
        assertThat(graph.requests().getLast().service().timeout()).contains(Duration.ofSeconds(5));
    }

    @Test
    void areRefusedWhenTheirTimeIsOver() throws Exception {
        assertRefused(infer(Map.of("x-request-timeout", "20")), Duration.ofSeconds(20), ErrorCode.DEADLINE_EXCEEDED);
    }

    @Test
    void waitNoLongerThanAnybodyMay() throws Exception {
        assertRefused(infer(Map.of()), Duration.ofSeconds(30), ErrorCode.REPLICA_UNAVAILABLE);
    }

    private void assertRefused(Future<WholeReply> reply, Duration after, ErrorCode code) throws Exception {
        whenLeft.get();
        clock.addAndGet(after.toNanos());
        assertThatThrownBy(reply::get)
                .cause()
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code));
        assertThat(graph.requests()).isEmpty();
    }
}

package dev.foretoken.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.ListenableFuture;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.GatewayConfig;
import dev.foretoken.gateway.fake.Awaited;
import dev.foretoken.gateway.fake.FakeGraph;
import dev.foretoken.gateway.fake.Graphs;
import dev.foretoken.gateway.hold.HoldLimits;
import dev.foretoken.gateway.metrics.MetricsPage;
import dev.foretoken.gateway.metrics.PrometheusTelemetry;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.routing.RoutingConfig;
import dev.foretoken.wire.inference.GRPCInferenceServiceGrpc;
import dev.foretoken.wire.inference.InferParameter;
import dev.foretoken.wire.inference.InferTensorContents;
import dev.foretoken.wire.inference.ModelInferRequest;
import dev.foretoken.wire.inference.ModelInferRequest.InferInputTensor;
import dev.foretoken.wire.inference.ModelInferResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs of a graph whose engine is not there yet. */
@Timeout(300)
class HeldInferenceTest {

    private static final HoldLimits HOLD = new HoldLimits(Duration.ofSeconds(30), 4);

    private final AtomicLong clock = new AtomicLong();
    private final FakeGraph graph = Graphs.echo("m");
    private Gateway gateway;
    private GrpcServer server;
    private ManagedChannel channel;

    @BeforeEach
    void start() {
        graph.withState(ModelState.FAILED);
        ModelCatalog catalog = new ModelCatalog();
        catalog.put(graph.served(Optional.empty()));
        RoutingConfig usual = RoutingConfig.DEFAULT;
        gateway = new Gateway(
                GatewayConfig.DEFAULT.routedBy(new RoutingConfig(usual.policy(), usual.fleet(), usual.records(), HOLD)),
                catalog,
                new PrometheusTelemetry(System::nanoTime),
                new Gateway.Clocks(InstantSource.system(), clock::get),
                RandomGenerator.of("SecureRandom"));
        server = GrpcServer.start(GrpcConfig.of("127.0.0.1", 0), gateway);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
        gateway.close();
    }

    private ListenableFuture<ModelInferResponse> infer(Duration timeout) {
        ModelInferRequest request = ModelInferRequest.newBuilder()
                .setModelName("m")
                .addInputs(InferInputTensor.newBuilder()
                        .setName("x")
                        .setDatatype("FP32")
                        .addShape(1)
                        .setContents(InferTensorContents.newBuilder().addFp32Contents(1)))
                .putParameters(
                        "timeout",
                        InferParameter.newBuilder()
                                .setInt64Param(timeout.toNanos() / 1000)
                                .build())
                .build();
        return GRPCInferenceServiceGrpc.newFutureStub(channel).modelInfer(request);
    }

    private void await(String line) throws InterruptedException {
        Awaited.until(line, () -> page().contains(line));
    }

    private String page() {
        return new String(MetricsPage.render(gateway.telemetry(), null).body(), StandardCharsets.UTF_8);
    }

    @Test
    void waitForItWithinTheirOwnTime() throws Exception {
        ListenableFuture<ModelInferResponse> answer = infer(Duration.ofSeconds(20));
        await("foretoken_held_requests{model=\"m\",} 1.0");
        clock.addAndGet(Duration.ofSeconds(15).toNanos());
        graph.withState(ModelState.READY);
        assertThat(answer.get().getOutputs(0).getContents().getFp32Contents(0)).isEqualTo(1);
        assertThat(graph.requests().getLast().service().timeout()).contains(Duration.ofSeconds(5));
    }

    @Test
    void areRefusedWhenTheirTimeIsOver() throws Exception {
        ListenableFuture<ModelInferResponse> answer = infer(Duration.ofSeconds(20));
        await("foretoken_held_requests{model=\"m\",} 1.0");
        clock.addAndGet(Duration.ofSeconds(20).toNanos());
        assertThatThrownBy(answer::get).hasMessageContaining("DEADLINE_EXCEEDED");
    }

    @Test
    void areNotHeldAnyLongerWhenTheirCallerLeaves() throws Exception {
        ListenableFuture<ModelInferResponse> answer = infer(Duration.ofSeconds(20));
        await("foretoken_held_requests{model=\"m\",} 1.0");
        answer.cancel(true);
        await("foretoken_holds_total{outcome=\"left\",} 1.0");
        assertThat(gateway.admission().awaitEmpty(Duration.ofMinutes(2))).isTrue();
    }
}

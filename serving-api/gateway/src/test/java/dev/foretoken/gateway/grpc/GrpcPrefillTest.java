package dev.foretoken.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.PrefillUsage;
import dev.foretoken.contract.engine.Timings;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.fake.FakeGeneration;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.GatewayConfig;
import dev.foretoken.gateway.fake.Models;
import dev.foretoken.gateway.metrics.PrometheusTelemetry;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.text.Tokenizer;
import dev.foretoken.wire.v1.ChatInput;
import dev.foretoken.wire.v1.ChatMessage;
import dev.foretoken.wire.v1.Finish;
import dev.foretoken.wire.v1.GenerateRequest;
import dev.foretoken.wire.v1.GenerateResponse;
import dev.foretoken.wire.v1.InferenceGrpc;
import dev.foretoken.wire.v1.ModelInfoRequest;
import dev.foretoken.wire.v1.Prefill;
import dev.foretoken.wire.v1.Service;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How prompts come into the caches, over gRPC. */
@Timeout(300)
class GrpcPrefillTest {

    private final Tokenizer tokenizer = Models.byteLevelTokenizer();
    private final FakeEngine engine = new FakeEngine("m", tokenizer.vocabularySize());
    private final AtomicReference<Metadata> headers = new AtomicReference<>();
    private GrpcServer server;
    private ManagedChannel channel;
    private InferenceGrpc.InferenceBlockingStub stub;

    @BeforeEach
    void start() {
        ModelCatalog catalog = new ModelCatalog();
        catalog.put(Models.withText("m", tokenizer, engine));
        engine.offering(PrefillMode.values()).answering(5, 6);
        Gateway gateway = new Gateway(
                GatewayConfig.DEFAULT,
                catalog,
                new PrometheusTelemetry(System::nanoTime),
                Gateway.Clocks.system(),
                RandomGenerator.of("SecureRandom"));
        server = GrpcServer.start(GrpcConfig.of("127.0.0.1", 0), gateway);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
        stub = InferenceGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()));
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
        tokenizer.close();
    }

    private static GenerateRequest.Builder chat() {
        return GenerateRequest.newBuilder()
                .setModel("m")
                .setChat(ChatInput.newBuilder()
                        .addMessages(ChatMessage.newBuilder().setRole("user").setContent("How?")));
    }

    private Finish generate(GenerateRequest.Builder request) {
        List<GenerateResponse> responses = new ArrayList<>();
        stub.generate(request.build()).forEachRemaining(responses::add);
        return responses.getLast().getFinish();
    }

    private PrefillOptions submitted() throws Exception {
        return engine.nextSubmitted().request().options().prefill();
    }

    private Optional<String> modeHeader() {
        return Optional.ofNullable(
                headers.get().get(Metadata.Key.of("x-foretoken-prefill-mode", Metadata.ASCII_STRING_MARSHALLER)));
    }

    @Test
    void aRequestThatSaysNothingIsComputedExactly() throws Exception {
        Finish finish = generate(chat());
        assertThat(submitted()).isEqualTo(PrefillOptions.EXACT);
        assertThat(modeHeader()).contains("exact");
        assertThat(finish.getUsage().getPrefill().getMode()).isEqualTo("exact");
        assertThat(finish.getUsage().getPrefill().hasRepairedAt()).isFalse();
    }

    @Test
    void fieldsReachTheEngine() throws Exception {
        generate(chat().setPrefill(Prefill.newBuilder()
                        .setMode(Prefill.Mode.MODE_PREDICTED)
                        .setTokens(4))
                .setService(Service.newBuilder().setTtftObjectiveMillis(120)));
        FakeGeneration generation = engine.nextSubmitted();
        assertThat(generation.request().options().prefill())
                .isEqualTo(new PrefillOptions(PrefillMode.PREDICTED, new Repair.After(4)));
        assertThat(generation.request().service().ttftObjective()).contains(Duration.ofMillis(120));
        generate(chat().setPrefill(
                        Prefill.newBuilder().setMode(Prefill.Mode.MODE_AUTO).setWhen(Prefill.When.WHEN_NEVER)));
        assertThat(submitted()).isEqualTo(new PrefillOptions(PrefillMode.AUTO, Repair.NEVER));
    }

    @Test
    void theEndOfAChoiceTellsHowItsPromptCameIntoTheCaches() {
        engine.behaving(GrpcPrefillTest::predicted);
        Finish finish = generate(chat());
        assertThat(modeHeader()).contains("predicted");
        assertThat(finish.getUsage().getPrefill().getMode()).isEqualTo("predicted");
        assertThat(finish.getUsage().getPrefill().getPredictedTokens())
                .isEqualTo(finish.getUsage().getPromptTokens() - 1);
        assertThat(finish.getUsage().getPrefill().getRepaired()).isTrue();
        assertThat(finish.getUsage().getPrefill().getRepairedAt()).isEqualTo(1);
    }

    private static void predicted(FakeGeneration generation) {
        int prompt = generation.request().prompt().size();
        generation.startedPredicted(0, 0);
        generation.token(0, 5);
        generation.push(new EngineEvent.Repaired(0, prompt + 1));
        generation.token(0, 6);
        PrefillUsage prefill = new PrefillUsage(PrefillMode.PREDICTED, prompt - 1, 1);
        generation.push(
                new EngineEvent.Finished(0, FinishReason.LENGTH, new Usage(prompt, 0, 2, prefill, Timings.NONE)));
    }

    @Test
    void refusesByName() {
        engine.offering(PrefillMode.EXACT);
        refused(chat().setPrefill(Prefill.newBuilder().setMode(Prefill.Mode.MODE_PREDICTED)), Code.UNIMPLEMENTED);
        refused(chat().setPrefill(Prefill.newBuilder().setTokens(0)), Code.INVALID_ARGUMENT);
        refused(chat().setPrefill(Prefill.newBuilder().setModeValue(9)), Code.INVALID_ARGUMENT);
        refused(chat().setPrefill(Prefill.newBuilder().setWhenValue(9)), Code.INVALID_ARGUMENT);
        refused(chat().setService(Service.newBuilder().setTtftObjectiveMillis(0)), Code.INVALID_ARGUMENT);
        refused(chat().setPrepareNextTurn(true).setN(2), Code.INVALID_ARGUMENT);
        refused(chat().setText("no chat").setPrepareNextTurn(true), Code.INVALID_ARGUMENT);
    }

    private void refused(GenerateRequest.Builder request, Code code) {
        assertThatThrownBy(() -> generate(request))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(code));
        assertThat(engine.submittedCount()).isZero();
    }

    @Test
    void theNextTurnIsPreparedWhenTheCallAsksForIt() throws Exception {
        engine.behaving(GrpcPrefillTest::unrepaired);
        generate(chat().setPrepareNextTurn(true));
        assertThat(engine.nextSubmitted().request().stop().maxTokens()).isPositive();
        assertThat(engine.nextSubmitted().request().stop().maxTokens()).isZero();
    }

    private static void unrepaired(FakeGeneration generation) {
        int prompt = generation.request().prompt().size();
        generation.startedPredicted(0, 0);
        generation.token(0, 5);
        PrefillUsage prefill = new PrefillUsage(PrefillMode.PREDICTED, prompt - 1, PrefillUsage.NEVER);
        generation.push(
                new EngineEvent.Finished(0, FinishReason.LENGTH, new Usage(prompt, 0, 1, prefill, Timings.NONE)));
    }

    @Test
    void modelsTellTheirModes() {
        assertThat(stub.modelInfo(ModelInfoRequest.newBuilder().setModel("m").build())
                        .getModels(0)
                        .getPrefillModesList())
                .containsExactly("exact", "predicted", "auto");
    }
}

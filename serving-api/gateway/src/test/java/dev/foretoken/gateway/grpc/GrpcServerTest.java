package dev.foretoken.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.fake.FakeGeneration;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.GatewayConfig;
import dev.foretoken.gateway.HttpLimits;
import dev.foretoken.gateway.fake.Models;
import dev.foretoken.gateway.metrics.PrometheusTelemetry;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.text.Tokenizer;
import dev.foretoken.routing.variant.CanaryRule;
import dev.foretoken.routing.variant.HeaderMatch;
import dev.foretoken.routing.variant.VariantRollout;
import dev.foretoken.wire.inference.GRPCInferenceServiceGrpc;
import dev.foretoken.wire.v1.ChatInput;
import dev.foretoken.wire.v1.ChatMessage;
import dev.foretoken.wire.v1.ErrorInfo;
import dev.foretoken.wire.v1.Finish;
import dev.foretoken.wire.v1.GenerateRequest;
import dev.foretoken.wire.v1.GenerateResponse;
import dev.foretoken.wire.v1.HealthRequest;
import dev.foretoken.wire.v1.InferenceGrpc;
import dev.foretoken.wire.v1.InferenceGrpc.InferenceBlockingStub;
import dev.foretoken.wire.v1.ModelInfoRequest;
import dev.foretoken.wire.v1.Output;
import dev.foretoken.wire.v1.Sampling;
import dev.foretoken.wire.v1.Stop;
import dev.foretoken.wire.v1.TokenIds;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The public gRPC interface over a real connection, in front of a fake engine. */
@Timeout(300)
class GrpcServerTest {

    private static final HttpLimits TWO_REQUESTS =
            new HttpLimits(8 << 20, 128, 2, 256 << 10, Duration.ofMillis(200), Duration.ofSeconds(60));

    private final Tokenizer tokenizer = Models.byteLevelTokenizer();
    private final FakeEngine engine = new FakeEngine("m", tokenizer.vocabularySize());
    private final ModelCatalog catalog = new ModelCatalog();
    private Gateway gateway;
    private GrpcServer server;
    private ManagedChannel channel;
    private InferenceBlockingStub stub;

    @BeforeEach
    void start() {
        catalog.put(Models.withText("m", tokenizer, engine));
        connect(List.of());
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
        tokenizer.close();
    }

    @Test
    void textGoesInAndTheSameTextComesOutInPieces() {
        engine.answering(tokenizer.encode("over the lazy dog", false));
        List<GenerateResponse> responses = generate(text("the quick fox").build());
        assertThat(textOf(responses)).isEqualTo("over the lazy dog");
        Finish finish = responses.getLast().getFinish();
        assertThat(finish.getReason()).isEqualTo(Finish.Reason.REASON_LENGTH);
        assertThat(finish.getUsage().getPromptTokens()).isEqualTo(tokenizer.encode("the quick fox", true).length);
        assertThat(finish.getUsage().getCompletionTokens())
                .isEqualTo(tokenizer.encode("over the lazy dog", false).length);
    }

    @Test
    void metadataNamesTheVariantAndLeadsToACanary() {
        FakeEngine trial = new FakeEngine("trial", tokenizer.vocabularySize()).answering(6);
        catalog.put(Models.withText("trial", tokenizer, trial));
        engine.answering(5);
        gateway.rollOut(List.of(new VariantRollout(
                "m",
                Optional.empty(),
                List.of(new CanaryRule(
                        "trial", 0, Optional.of(new HeaderMatch("x-canary", "yes")), CanaryRule.By.REQUEST)),
                Optional.empty())));
        assertThat(variantOf("no")).isEqualTo("m");
        assertThat(variantOf("yes")).isEqualTo("trial");
    }

    private String variantOf(String canary) {
        Metadata asked = new Metadata();
        asked.put(Metadata.Key.of("x-canary", Metadata.ASCII_STRING_MARSHALLER), canary);
        AtomicReference<Metadata> headers = new AtomicReference<>();
        stub.withInterceptors(
                        MetadataUtils.newAttachHeadersInterceptor(asked),
                        MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()))
                .generate(text("the quick fox").build())
                .forEachRemaining(response -> {});
        return String.valueOf(
                headers.get().get(Metadata.Key.of("x-foretoken-variant", Metadata.ASCII_STRING_MARSHALLER)));
    }

    @Test
    void tokenIdsGoInUntouched() throws Exception {
        engine.answering(5, 6);
        GenerateRequest request = GenerateRequest.newBuilder()
                .setModel("m")
                .setTokens(TokenIds.newBuilder().addIds(7).addIds(8))
                .build();
        List<GenerateResponse> responses = generate(request);
        assertThat(engine.nextSubmitted().request().prompt().tokens().toArray()).containsExactly(7, 8);
        assertThat(responses.stream().flatMap(r -> r.getDelta().getTokenIdsList().stream()))
                .containsExactly(5, 6);
    }

    @Test
    void chatMessagesGoThroughTheTemplate() throws Exception {
        engine.answering(5);
        generate(GenerateRequest.newBuilder()
                .setModel("m")
                .setChat(ChatInput.newBuilder()
                        .addMessages(ChatMessage.newBuilder().setRole("user").setContent("hi")))
                .build());
        int[] prompt = engine.nextSubmitted().request().prompt().tokens().toArray();
        assertThat(tokenizer.decode(prompt, false)).isEqualTo("<user>hi<assistant>");
    }

    @Test
    void aStopStringEndsTheAnswerBeforeIt() {
        engine.answering(tokenizer.encode("one two three", false));
        List<GenerateResponse> responses =
                generate(text("x").setStop(Stop.newBuilder().addStrings("two")).build());
        assertThat(textOf(responses)).isEqualTo("one ");
        assertThat(responses.getLast().getFinish().getMatchedStop()).isEqualTo("two");
        assertThat(responses.getLast().getFinish().getReason()).isEqualTo(Finish.Reason.REASON_STOP);
    }

    @Test
    void logprobsComeWithTheirAlternatives() {
        engine.answering(5);
        List<GenerateResponse> responses = generate(
                text("x").setOutput(Output.newBuilder().setTopLogprobs(2)).build());
        assertThat(responses.getFirst().getDelta().getLogprobs(0).getAlternativesCount())
                .isEqualTo(2);
    }

    static Stream<GenerateRequest> badRequests() {
        return Stream.of(
                GenerateRequest.newBuilder().setModel("m").build(),
                text("x").setN(0).build(),
                text("x").setSampling(Sampling.newBuilder().setTemperature(-1)).build(),
                text("x").setSampling(Sampling.newBuilder().setTopP(Float.NaN)).build(),
                text("x").setStop(Stop.newBuilder().setMaxTokens(-5)).build(),
                text("x".repeat(5000)).build());
    }

    @ParameterizedTest
    @MethodSource("badRequests")
    void aBadRequestIsInvalidArgumentAndNamesWhatIsWrong(GenerateRequest request) throws Exception {
        StatusRuntimeException e = failure(request);
        assertThat(e.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(info(e).getMessage()).isNotBlank();
    }

    @Test
    void anUnknownModelIsNotFound() throws Exception {
        StatusRuntimeException e = failure(text("x").setModel("nope").build());
        assertThat(e.getStatus().getCode()).isEqualTo(Code.NOT_FOUND);
        assertThat(info(e).getCode()).isEqualTo("MODEL_NOT_FOUND");
    }

    @Test
    void aFullQueueSaysWhenToComeBack() throws Exception {
        engine.refusing(new ForetokenException(ErrorCode.QUEUE_FULL, "full").withRetryAfter(Duration.ofSeconds(2)));
        StatusRuntimeException e = failure(text("x").build());
        assertThat(e.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED);
        assertThat(info(e).getRetryAfterMillis()).isEqualTo(2000);
        Metadata.Key<String> route = Metadata.Key.of("x-foretoken-route", Metadata.ASCII_STRING_MARSHALLER);
        assertThat(gateway.routes().find(e.getTrailers().get(route))).isPresent();
    }

    @Test
    void ourOwnFailureDoesNotShowItsInside() {
        engine.refusing(new ForetokenException(ErrorCode.RUNTIME_FAILED, "at /secret/path"));
        StatusRuntimeException e = failure(text("x").build());
        assertThat(e.getStatus().getCode()).isEqualTo(Code.INTERNAL);
        assertThat(e).hasMessageNotContaining("secret");
    }

    @Test
    void aCallerThatLeavesEndsItsSequence() throws Exception {
        Iterator<GenerateResponse> responses = stub.generate(text("x").build());
        FakeGeneration generation = engine.nextSubmitted();
        generation.started(0, 0);
        generation.token(0, 5);
        assertThat(responses.next().getDelta().getTokenIds(0)).isEqualTo(5);
        channel.shutdownNow();
        generation.awaitCancelled();
    }

    @Test
    void aDeadlineOfTheCallEndsItsSequence() throws Exception {
        Iterator<GenerateResponse> responses =
                stub.withDeadlineAfter(2, TimeUnit.SECONDS).generate(text("x").build());
        FakeGeneration generation = engine.nextSubmitted();
        assertThat(generation.request().service().timeout().orElseThrow())
                .as("what the engine is told")
                .isLessThanOrEqualTo(Duration.ofSeconds(2));
        assertThatThrownBy(responses::next)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.DEADLINE_EXCEEDED));
        generation.awaitCancelled();
    }

    @Test
    void metadataSayTheClassOfARequestThatDoesNot() throws Exception {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("x-foretoken-priority", Metadata.ASCII_STRING_MARSHALLER), "batch");
        var marked = stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
        engine.answering(5);
        marked.generate(text("x").build()).forEachRemaining(response -> {});
        assertThat(engine.nextSubmitted().request().service().priority()).isEqualTo(Priority.BATCH);
        marked.generate(text("x")
                        .setService(dev.foretoken.wire.v1.Service.newBuilder()
                                .setPriority(dev.foretoken.wire.v1.Service.Priority.PRIORITY_NORMAL))
                        .build())
                .forEachRemaining(response -> {});
        assertThat(engine.nextSubmitted().request().service().priority()).isEqualTo(Priority.NORMAL);
    }

    @Test
    void healthAndModelsAreDescribed() {
        assertThat(stub.health(HealthRequest.getDefaultInstance()).getReady()).isTrue();
        var model = stub.modelInfo(ModelInfoRequest.getDefaultInstance()).getModels(0);
        assertThat(model.getName()).isEqualTo("m");
        assertThat(model.getContextTokens()).isEqualTo(FakeEngine.CONTEXT);
        assertThat(model.getWeights()).isEqualTo("Q8_0 + BF16");
        assertThat(model.getWeightBytes()).isEqualTo(4096);
        assertThat(model.getKvCache()).isEqualTo("f16");
        assertThat(HealthGrpc.newBlockingStub(channel)
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void aDrainingServerSaysSoAndRefusesNewAnswers() {
        gateway.admission().drain();
        server.announceEnd();
        assertThat(stub.health(HealthRequest.getDefaultInstance()).getDetail()).isEqualTo("draining");
        assertThat(HealthGrpc.newBlockingStub(channel)
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo(ServingStatus.NOT_SERVING);
        assertThatThrownBy(() -> generate(text("x").build()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE));
    }

    @Test
    void answersUnderWayCountAgainstTheEdgesLimit() throws Exception {
        for (int i = 0; i < TWO_REQUESTS.maxRequests(); i++) {
            stub.generate(text("x").build());
            engine.nextSubmitted();
        }
        assertThatThrownBy(() -> generate(text("x").build()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED));
    }

    @Test
    void aCallerThatTakesNothingIsGivenUp() throws Exception {
        engine.behaving(generation -> {
            generation.started(0, 0);
            for (int i = 0; i < 100_000; i++) {
                generation.token(0, 5);
            }
        });
        ClientCall<GenerateRequest, GenerateResponse> call =
                channel.newCall(InferenceGrpc.getGenerateMethod(), CallOptions.DEFAULT);
        call.start(new ClientCall.Listener<>() {}, new Metadata());
        call.sendMessage(text("x").build());
        call.halfClose();
        assertThat(engine.nextSubmitted().awaitCancelled()).isTrue();
        assertThat(gateway.admission().awaitEmpty(Duration.ofMinutes(2))).isTrue();
    }

    @Test
    void everyCallOfEveryServiceNeedsTheKey() {
        stop();
        connect(List.of("a-key-of-some-length"));
        List<MethodDescriptor<?, ?>> methods = new ArrayList<>();
        Stream.of(
                        InferenceGrpc.getServiceDescriptor(),
                        GRPCInferenceServiceGrpc.getServiceDescriptor(),
                        HealthGrpc.getServiceDescriptor(),
                        ServerReflectionGrpc.getServiceDescriptor())
                .forEach(service -> methods.addAll(service.getMethods()));
        assertThat(methods).hasSizeGreaterThanOrEqualTo(14);
        assertThat(server.methods()).as("no service is missing above").hasSize(methods.size());
        for (MethodDescriptor<?, ?> method : methods) {
            assertThatThrownBy(() -> callWithout(method))
                    .as(method.getFullMethodName())
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.UNAUTHENTICATED));
        }
    }

    private <Q, A> void callWithout(MethodDescriptor<Q, A> method) {
        Q empty = method.parseRequest(new java.io.ByteArrayInputStream(new byte[0]));
        ClientCalls.blockingServerStreamingCall(channel, method, CallOptions.DEFAULT, empty)
                .hasNext();
    }

    private void connect(List<String> keys) {
        GatewayConfig config = GatewayConfig.DEFAULT.withApiKeys(keys).limiting(TWO_REQUESTS);
        PrometheusTelemetry telemetry = new PrometheusTelemetry(System::nanoTime);
        gateway = new Gateway(config, catalog, telemetry, Gateway.Clocks.system(), RandomGenerator.of("SecureRandom"));
        server = GrpcServer.start(GrpcConfig.of("127.0.0.1", 0), gateway);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
        stub = InferenceGrpc.newBlockingStub(channel);
    }

    private static GenerateRequest.Builder text(String text) {
        return GenerateRequest.newBuilder().setModel("m").setText(text);
    }

    private List<GenerateResponse> generate(GenerateRequest request) {
        List<GenerateResponse> responses = new ArrayList<>();
        stub.generate(request).forEachRemaining(responses::add);
        return responses;
    }

    private StatusRuntimeException failure(GenerateRequest request) {
        try {
            generate(request);
        } catch (StatusRuntimeException e) {
            return e;
        }
        throw new AssertionError("the call succeeded");
    }

    private static ErrorInfo info(StatusRuntimeException e) throws InvalidProtocolBufferException {
        var status = StatusProto.fromThrowable(e);
        assertThat(status).isNotNull();
        return status.getDetails(0).unpack(ErrorInfo.class);
    }

    private static String textOf(List<GenerateResponse> responses) {
        StringBuilder text = new StringBuilder();
        responses.forEach(
                r -> text.append(r.getDelta().getText()).append(r.getFinish().getText()));
        return text.toString();
    }
}

package dev.foretoken.gateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.SessionUse;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.GatewayConfig;
import dev.foretoken.gateway.fake.FakeGraph;
import dev.foretoken.gateway.fake.Graphs;
import dev.foretoken.gateway.metrics.PrometheusTelemetry;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.tensor.TensorLimits;
import dev.foretoken.wire.inference.GRPCInferenceServiceGrpc;
import dev.foretoken.wire.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import dev.foretoken.wire.inference.InferParameter;
import dev.foretoken.wire.inference.InferTensorContents;
import dev.foretoken.wire.inference.ModelInferRequest;
import dev.foretoken.wire.inference.ModelInferRequest.InferInputTensor;
import dev.foretoken.wire.inference.ModelInferRequest.InferRequestedOutputTensor;
import dev.foretoken.wire.inference.ModelInferResponse;
import dev.foretoken.wire.inference.ModelMetadataRequest;
import dev.foretoken.wire.inference.ModelMetadataResponse;
import dev.foretoken.wire.inference.ModelReadyRequest;
import dev.foretoken.wire.inference.ModelStreamInferResponse;
import dev.foretoken.wire.inference.RepositoryIndexRequest;
import dev.foretoken.wire.inference.ServerLiveRequest;
import dev.foretoken.wire.inference.ServerMetadataRequest;
import dev.foretoken.wire.inference.ServerReadyRequest;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The Open Inference Protocol over gRPC, in front of a graph that gives its inputs back. */
@Timeout(300)
class OpenInferenceTest {

    private static final TensorLimits LIMITS = new TensorLimits(8 << 20, 4, 5, 6);

    private final FakeGraph graph = Graphs.echo("m");
    private Gateway gateway;
    private GrpcServer server;
    private ManagedChannel channel;
    private GRPCInferenceServiceBlockingStub stub;

    @BeforeEach
    void start() {
        ModelCatalog catalog = new ModelCatalog();
        catalog.put(graph.served(Optional.empty()));
        gateway = new Gateway(
                GatewayConfig.DEFAULT.taking(LIMITS),
                catalog,
                new PrometheusTelemetry(System::nanoTime),
                Gateway.Clocks.system(),
                RandomGenerator.of("SecureRandom"));
        server = GrpcServer.start(GrpcConfig.of("127.0.0.1", 0).taking(LIMITS), gateway);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .maxInboundMessageSize(16 << 20)
                .build();
        stub = GRPCInferenceServiceGrpc.newBlockingStub(channel);
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
    }

    private static InferInputTensor.Builder input(String type, long... shape) {
        InferInputTensor.Builder input =
                InferInputTensor.newBuilder().setName("x").setDatatype(type);
        for (long size : shape) {
            input.addShape(size);
        }
        return input;
    }

    private static ModelInferRequest.Builder request(InferInputTensor.Builder input) {
        return ModelInferRequest.newBuilder().setModelName("m").addInputs(input);
    }

    private static ModelInferRequest.Builder one() {
        return request(
                input("FP32", 1).setContents(InferTensorContents.newBuilder().addFp32Contents(1)));
    }

    private StatusRuntimeException failure(ModelInferRequest.Builder request) {
        try {
            stub.modelInfer(request.build());
        } catch (StatusRuntimeException e) {
            return e;
        }
        throw new AssertionError("the call succeeded");
    }

    @Test
    void saysWhatServerAndModelAre() {
        assertThat(stub.serverLive(ServerLiveRequest.getDefaultInstance()).getLive())
                .isTrue();
        assertThat(stub.serverReady(ServerReadyRequest.getDefaultInstance()).getReady())
                .isTrue();
        assertThat(stub.serverMetadata(ServerMetadataRequest.getDefaultInstance())
                        .getName())
                .isEqualTo("foretoken");
        assertThat(stub.modelReady(ModelReadyRequest.newBuilder().setName("m").build())
                        .getReady())
                .isTrue();
        ModelMetadataResponse model = stub.modelMetadata(
                ModelMetadataRequest.newBuilder().setName("m").build());
        assertThat(model.getInputs(0).getDatatype()).isEqualTo("FP32");
        assertThat(model.getInputs(0).getShapeList()).containsExactly(-1L, 2L);
        assertThat(model.getVersionsList()).containsExactly("1");
        assertThat(stub.repositoryIndex(RepositoryIndexRequest.getDefaultInstance())
                        .getModels(0)
                        .getState())
                .isEqualTo("READY");
    }

    static Stream<Arguments> contents() {
        InferTensorContents.Builder empty = InferTensorContents.newBuilder();
        return Stream.of(
                Arguments.of("BOOL", empty.clone().addBoolContents(true).addBoolContents(false)),
                Arguments.of("INT8", empty.clone().addIntContents(-128).addIntContents(127)),
                Arguments.of("INT16", empty.clone().addIntContents(-32768).addIntContents(1)),
                Arguments.of(
                        "INT32", empty.clone().addIntContents(Integer.MIN_VALUE).addIntContents(1)),
                Arguments.of(
                        "INT64", empty.clone().addInt64Contents(Long.MIN_VALUE).addInt64Contents(1)),
                Arguments.of("UINT8", empty.clone().addUintContents(255).addUintContents(0)),
                Arguments.of("UINT16", empty.clone().addUintContents(65535).addUintContents(0)),
                Arguments.of("UINT32", empty.clone().addUintContents(-1).addUintContents(0)),
                Arguments.of("UINT64", empty.clone().addUint64Contents(-1).addUint64Contents(0)),
                Arguments.of("FP32", empty.clone().addFp32Contents(0.1f).addFp32Contents(Float.NaN)),
                Arguments.of("FP64", empty.clone().addFp64Contents(0.1).addFp64Contents(Double.NEGATIVE_INFINITY)),
                Arguments.of(
                        "BYTES",
                        empty.clone()
                                .addBytesContents(ByteString.EMPTY)
                                .addBytesContents(ByteString.copyFrom(new byte[] {-1, 0}))));
    }

    @ParameterizedTest
    @MethodSource("contents")
    void everyElementTypeComesBackAsItWent(String type, InferTensorContents.Builder contents) {
        ModelInferResponse response = stub.modelInfer(
                request(input(type, 2).setContents(contents)).setId("mine").build());
        assertThat(response.getId()).isEqualTo("mine");
        assertThat(response.getModelName()).isEqualTo("m");
        assertThat(response.getOutputs(0).getName()).isEqualTo("x_out");
        assertThat(response.getOutputs(0).getShapeList()).containsExactly(2L);
        assertThat(response.getOutputs(0).getContents()).isEqualTo(contents.build());
        assertThat(response.getRawOutputContentsCount()).isZero();
    }

    @Test
    void anAnswerNamesTheDecisionWhereItWasMade() {
        AtomicReference<Metadata> headers = new AtomicReference<>();
        stub.withInterceptors(MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()))
                .modelInfer(one().build());
        Metadata.Key<String> route = Metadata.Key.of("x-foretoken-route", Metadata.ASCII_STRING_MARSHALLER);
        assertThat(gateway.routes().find(headers.get().get(route)))
                .hasValueSatisfying(decision -> assertThat(decision.model()).isEqualTo("m"));
    }

    @Test
    void bytesComeBackAsBytes() {
        ByteString halves = ByteString.copyFrom(new byte[] {0, 0x3c, 0, 0x40});
        for (String type : List.of("FP16", "BF16")) {
            ModelInferResponse response = stub.modelInfer(
                    request(input(type, 2)).addRawInputContents(halves).build());
            assertThat(response.getRawOutputContents(0)).isEqualTo(halves);
        }
        assertThat(graph.requests().getLast().inputs().getFirst().data().isNative())
                .isTrue();
    }

    @Test
    void outputsComeFromMemoryOfEveryKind() {
        ByteString bytes = ByteString.copyFrom(new byte[] {0, 0, (byte) 0x80, 0x3f});
        for (MemorySegment data : List.of(
                MemorySegment.ofArray(new float[] {1}),
                MemorySegment.ofArray(new byte[] {0, 0, (byte) 0x80, 0x3f}),
                Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, 1f))) {
            graph.computing(request -> List.of(new Tensor("y", ElementType.FP32, List.of(1L), data)));
            ModelInferResponse response = stub.modelInfer(
                    request(input("FP32", 1)).addRawInputContents(bytes).build());
            assertThat(response.getRawOutputContents(0)).isEqualTo(bytes);
        }
    }

    @Test
    void largeTensorsGoThroughAndLargerOnesAreRefused() {
        ByteString large = ByteString.copyFrom(new byte[6 << 20]);
        ModelInferResponse response = stub.modelInfer(
                request(input("UINT8", 6 << 20)).addRawInputContents(large).build());
        assertThat(response.getRawOutputContents(0).size()).isEqualTo(6 << 20);
        StatusRuntimeException tooLarge =
                failure(request(input("UINT8", 9 << 20)).addRawInputContents(ByteString.copyFrom(new byte[9 << 20])));
        assertThat(tooLarge.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(tooLarge.getMessage()).contains("input 'x'").contains("limit of this server");
    }

    static Stream<Arguments> mistakes() {
        InferTensorContents.Builder one = InferTensorContents.newBuilder().addIntContents(300);
        return Stream.of(
                Arguments.of(ModelInferRequest.newBuilder().setModelName("m"), "at least one tensor"),
                Arguments.of(request(input("INT8", 1).setContents(one)), "which INT8 cannot hold"),
                Arguments.of(request(input("FP16", 1).setContents(one)), "only raw_input_contents can hold"),
                Arguments.of(request(input("INT32", 2).setContents(one)), "has 1 elements, but its shape [2] has 2"),
                Arguments.of(request(input("BYTES", 1).setContents(one)), "expected one of BYTES"),
                Arguments.of(
                        request(input("INT32", 1)).addRawInputContents(ByteString.copyFrom(new byte[3])),
                        "found 3 bytes"),
                Arguments.of(
                        one().addOutputs(InferRequestedOutputTensor.newBuilder()
                                .setName("y")
                                .putParameters(
                                        "classification",
                                        InferParameter.newBuilder()
                                                .setInt64Param(0)
                                                .build())),
                        "classification=0, must be"),
                Arguments.of(
                        request(input("INT32", 1).setContents(one))
                                .addRawInputContents(ByteString.copyFrom(new byte[4])),
                        "send one of them"),
                Arguments.of(
                        one().addRawInputContents(ByteString.EMPTY).addRawInputContents(ByteString.EMPTY),
                        "raw_input_contents has 2 entries"),
                Arguments.of(one().addInputs(input("FP32", 1)), "names 'x' twice"),
                Arguments.of(
                        one().putParameters(
                                        "sequence_start",
                                        InferParameter.newBuilder()
                                                .setBoolParam(true)
                                                .build()),
                        "need a sequence_id"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void mistakesAreNamed(ModelInferRequest.Builder request, String reason) {
        StatusRuntimeException failure = failure(request);
        assertThat(failure.getStatus().getCode()).isEqualTo(Code.INVALID_ARGUMENT);
        assertThat(failure.getMessage()).contains(reason);
        assertThat(graph.requests()).isEmpty();
    }

    @Test
    void unknownModelsAndVersionsAreNotFound() {
        assertThat(failure(one().setModelName("other")).getStatus().getCode()).isEqualTo(Code.NOT_FOUND);
        assertThat(failure(one().setModelVersion("9")).getStatus().getCode()).isEqualTo(Code.NOT_FOUND);
        assertThat(stub.modelInfer(one().setModelVersion("1").build()).getModelVersion())
                .isEqualTo("1");
    }

    @Test
    void sequenceAndDeadlineReachTheEngine() {
        stub.withDeadlineAfter(5, TimeUnit.SECONDS)
                .modelInfer(one().putParameters(
                                "sequence_id",
                                InferParameter.newBuilder().setUint64Param(-2).build())
                        .putParameters(
                                "sequence_end",
                                InferParameter.newBuilder().setBoolParam(true).build())
                        .build());
        assertThat(graph.requests().getLast().session()).contains(new SessionUse(-2, false, true));
        assertThat(graph.requests().getLast().service().timeout().orElseThrow())
                .isBetween(Duration.ZERO, Duration.ofSeconds(5));
    }

    @Test
    void thePriorityOfTheMetadataReachesTheEngine() {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("x-foretoken-priority", Metadata.ASCII_STRING_MARSHALLER), "batch");
        stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                .modelInfer(one().build());
        assertThat(graph.requests().getLast().service().priority()).isEqualTo(Priority.BATCH);
    }

    @Test
    void aStreamAnswersInOrderAndSurvivesAMistake() throws Exception {
        LinkedBlockingQueue<ModelStreamInferResponse> responses = new LinkedBlockingQueue<>();
        CountDownLatch completed = new CountDownLatch(1);
        StreamObserver<ModelInferRequest> requests = GRPCInferenceServiceGrpc.newStub(channel)
                .modelStreamInfer(new StreamObserver<>() {
                    @Override
                    public void onNext(ModelStreamInferResponse response) {
                        responses.add(response);
                    }

                    @Override
                    public void onError(Throwable failure) {}

                    @Override
                    public void onCompleted() {
                        completed.countDown();
                    }
                });
        requests.onNext(one().setId("1").build());
        requests.onNext(one().setId("2").setModelName("other").build());
        requests.onNext(one().setId("3").build());
        requests.onCompleted();
        assertThat(completed.await(2, TimeUnit.MINUTES)).isTrue();
        assertThat(responses)
                .extracting(each -> each.getInferResponse().getId())
                .containsExactly("1", "2", "3");
        assertThat(responses)
                .extracting(each -> each.getErrorMessage().isEmpty())
                .containsExactly(true, false, true);
    }

    @Test
    void aCallerThatLeavesInterruptsTheWait() throws Exception {
        CountDownLatch waiting = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        graph.computing(request -> {
            waiting.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            throw new ForetokenException(ErrorCode.CANCELLED, "interrupted");
        });
        var call = GRPCInferenceServiceGrpc.newFutureStub(channel).modelInfer(one().build());
        assertThat(waiting.await(2, TimeUnit.MINUTES)).isTrue();
        call.cancel(true);
        assertThat(interrupted.await(2, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void anEngineFailureKeepsItsStatus() {
        graph.computing(request -> {
            throw new ForetokenException(ErrorCode.QUEUE_FULL, "64 requests wait")
                    .withRetryAfter(Duration.ofSeconds(2));
        });
        assertThatThrownBy(() -> stub.modelInfer(one().build()))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.RESOURCE_EXHAUSTED));
    }
}

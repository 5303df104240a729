package dev.foretoken.gateway.picker;

import static dev.foretoken.gateway.picker.PickerEdge.CHAT;
import static dev.foretoken.gateway.picker.PickerEdge.QUESTION;
import static dev.foretoken.gateway.picker.PickerEdge.ROUTE;
import static dev.foretoken.gateway.picker.PickerEdge.assertRefused;
import static dev.foretoken.gateway.picker.PickerEdge.chosen;
import static dev.foretoken.gateway.picker.PickerEdge.destination;
import static dev.foretoken.gateway.picker.PickerEdge.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.prefix.PrefixChange;
import dev.foretoken.contract.prefix.PrefixHasher;
import dev.foretoken.contract.prefix.PrefixParts;
import dev.foretoken.contract.prefix.PrefixShape;
import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.gateway.auth.Caller;
import dev.foretoken.gateway.fake.Awaited;
import dev.foretoken.routing.decision.RouteDecision;
import dev.foretoken.routing.policy.WhyNot;
import dev.foretoken.wire.extproc.CommonResponse;
import dev.foretoken.wire.extproc.ExternalProcessorGrpc;
import dev.foretoken.wire.extproc.ImmediateResponse;
import dev.foretoken.wire.extproc.ProcessingMode.BodySendMode;
import dev.foretoken.wire.extproc.ProcessingResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The endpoint picker over a real connection, asked as an Envoy asks. */
@Timeout(300)
class PickerServerTest {

    private static final String TEXT = "{\"model\":\"m\",\"prompt\":\"the quick fox\",\"max_tokens\":1}";
    private static final Map<String, String> GET_MODELS = Map.of(":method", "GET", ":path", "/v1/models");

    private PickerEdge edge;

    @BeforeEach
    void start() throws IOException {
        edge = new PickerEdge(List.of(), 200);
    }

    @AfterEach
    void stop() {
        edge.close();
    }

    private void restart(List<String> keys, int mostRequests) throws IOException {
        edge.close();
        edge = new PickerEdge(keys, mostRequests);
    }

    @Test
    void aRequestWithoutABodyGoesToAnyReadyEndpoint() throws Exception {
        edge.second.engine().withState(ModelState.FAILED);
        CommonResponse head = chosen(edge.stream().head(GET_MODELS, true).next());
        assertThat(destination(head)).isEqualTo("10.0.0.1:8080");
        assertThat(edge.decision(head).endpoint()).contains("10.0.0.1:9091");
    }

    @Test
    void aChatIsDecidedByItsPromptWhenAllOfItHasCome() throws Exception {
        EnvoyStream stream = edge.stream().post(CHAT);
        stream.body(QUESTION.substring(0, 10), false).body(QUESTION.substring(10, 30), false);
        stream.body(QUESTION.substring(30), true);
        CommonResponse head = chosen(stream.next());
        assertThat(destination(head).split(",")).containsExactlyInAnyOrder("10.0.0.1:8080", "10.0.0.2:8080");
        assertThat(head.getClearRouteCache()).isTrue();
        assertThat(stream.next()
                        .getRequestBody()
                        .getResponse()
                        .getBodyMutation()
                        .getStreamedResponse()
                        .getBody())
                .isEqualTo(ByteString.copyFromUtf8(QUESTION));
        RouteDecision decision = edge.decision(head);
        assertThat(decision.promptTokens())
                .isEqualTo(edge.tokenizer.encode("<user>the quick fox<assistant>", false).length);
        assertThat(decision.candidates().getLast())
                .as("a pod that answers no HTTP")
                .satisfies(candidate -> {
                    assertThat(candidate.endpoint()).isEqualTo("10.0.0.3:9091");
                    assertThat(candidate.whyNot()).contains(WhyNot.EXCLUDED);
                });
    }

    @Test
    void aLongBodyGoesOnInPiecesThatAnEnvoyTakes() throws Exception {
        String padded = QUESTION + " ".repeat(100_000);
        EnvoyStream stream = edge.stream().post(CHAT).body(padded, true);
        chosen(stream.next());
        var one = stream.next().getRequestBody().getResponse().getBodyMutation().getStreamedResponse();
        var two = stream.next().getRequestBody().getResponse().getBodyMutation().getStreamedResponse();
        assertThat(one.getEndOfStream()).isFalse();
        assertThat(two.getEndOfStream()).isTrue();
        assertThat(List.of(one.getBody().size(), two.getBody().size())).allMatch(size -> size < 1 << 16);
        assertThat(one.getBody().concat(two.getBody()).toStringUtf8()).isEqualTo(padded);
    }

    @Test
    void aBufferedBodyIsAnsweredWithTheHeadsFields() throws Exception {
        EnvoyStream stream = edge.stream().mode(BodySendMode.BUFFERED).post("/tenant-a/v1/completions?x=1");
        assertThat(stream.next().getRequestHeaders().getResponse().hasHeaderMutation())
                .isFalse();
        stream.body(TEXT, true);
        ProcessingResponse response = stream.next();
        CommonResponse body = response.getRequestBody().getResponse();
        assertThat(body.hasBodyMutation()).isFalse();
        assertThat(edge.decision(body).promptTokens()).isEqualTo(edge.tokenizer.encode("the quick fox", true).length);
        assertThat(response.getDynamicMetadata().containsFields("envoy.lb")).isTrue();
    }

    @Test
    void trailersEndABodyToo() throws Exception {
        EnvoyStream stream = edge.stream().post(CHAT).body(QUESTION, false).trailers();
        chosen(stream.next());
        assertThat(stream.next()
                        .getRequestBody()
                        .getResponse()
                        .getBodyMutation()
                        .getStreamedResponse()
                        .getEndOfStream())
                .isFalse();
        assertThat(stream.next().hasRequestTrailers()).isTrue();
    }

    @Test
    void aPromptGoesWhereItsBeginningIsHeld() throws Exception {
        PrefixShape shape = new PrefixShape(2, 1, true, 0, false, 100, 100);
        Prompt prompt = Prompt.of(edge.tokenizer.encode("<user>the quick fox<assistant>", false));
        GenerationRequest known = GenerationRequest.greedy("r", "m", prompt, 1)
                .withIdentity(new RequestIdentity("r", Caller.LOCAL.tenant(), ""));
        TokenChain chain = new TokenChain(
                new PrefixHasher(PickerEdge.SECRET),
                shape.scope(known, "m", ""),
                prompt.tokens()::get,
                List.of(),
                shape.blockTokens());
        edge.prefixes
                .enter("10.0.0.2:9091", "m", shape)
                .apply(List.of(new PrefixChange.Stored(chain.key(0), chain.before(0), 0, PrefixParts.BLOCKS)));
        RouteDecision decision = edge.decision(edge.ask(edge.stream(), CHAT, QUESTION));
        assertThat(decision.candidates().get(1).seen().cachedTokens()).isEqualTo(2);
        assertThat(decision.candidates().get(0).seen().cachedTokens()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"model\":                                  | 400 | INVALID_REQUEST",
                "{\"model\":\"m\",\"messages\":[],\"n\":-1}   | 400 | INVALID_REQUEST",
                "{\"model\":\"other\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]} | 404 | MODEL_NOT_FOUND",
            })
    void whatTheEdgeWouldRefuseIsRefused(String body, int status, ErrorCode code) throws Exception {
        assertRefused(refusal(edge.stream().post(CHAT).body(body, true)), status, code);
        edge.awaitNothingHeld();
    }

    @Test
    void aBodyOverTheLimitIsRefusedBeforeItIsWhole() throws Exception {
        String half = " ".repeat(PickerEdge.MOST_BODY_BYTES / 2 + 1);
        EnvoyStream stream = edge.stream().post(CHAT).body(half, false).body(half, false);
        assertRefused(refusal(stream), 413, ErrorCode.PAYLOAD_TOO_LARGE);
        edge.awaitNothingHeld();
    }

    @Test
    void aBodyMayHaveAsManyBytesAsTheLimit() throws Exception {
        String whole = QUESTION + " ".repeat(PickerEdge.MOST_BODY_BYTES - QUESTION.length());
        chosen(edge.stream()
                .post(CHAT)
                .body(whole.substring(0, 9), false)
                .body(whole.substring(9), true)
                .next());
    }

    @Test
    void onlyEndpointsOfTheSubsetAreChosen() throws Exception {
        for (int i = 0; i < 4; i++) {
            assertThat(destination(edge.ask(edge.stream().subset("10.0.0.2:8080", "10.0.0.9:8080"), CHAT, QUESTION)))
                    .isEqualTo("10.0.0.2:8080");
        }
        assertRefused(
                refusal(edge.stream().subset().post(CHAT).body(QUESTION, true)), 503, ErrorCode.REPLICA_UNAVAILABLE);
        ImmediateResponse refusal =
                refusal(edge.stream().subset("10.0.0.3:8080").post(CHAT).body(QUESTION, true));
        assertRefused(refusal, 503, ErrorCode.REPLICA_UNAVAILABLE);
        assertThat(edge.decision(EnvoyStream.set(refusal.getHeaders(), ROUTE)).refusal())
                .contains(ErrorCode.REPLICA_UNAVAILABLE);
    }

    @Test
    void withoutAReadyEndpointTheCallerIsToldToComeBack() throws Exception {
        edge.first.engine().withState(ModelState.DRAINING);
        edge.second.engine().withState(ModelState.FAILED);
        ImmediateResponse refusal = refusal(edge.stream().post(CHAT).body(QUESTION, true));
        assertRefused(refusal, 503, ErrorCode.REPLICA_UNAVAILABLE);
        assertThat(EnvoyStream.set(refusal.getHeaders(), "retry-after")).isEqualTo("1");
        edge.awaitNothingHeld();
    }

    @Test
    void theAnswerGoesThroughAndNamesTheDecision() throws Exception {
        EnvoyStream stream = edge.stream();
        String id = edge.decision(edge.ask(stream, CHAT, QUESTION)).id();
        stream.answered("200", "");
        assertThat(EnvoyStream.set(
                        stream.next().getResponseHeaders().getResponse().getHeaderMutation(), ROUTE))
                .isEqualTo(id);
        var piece = stream.answer("data: 1", false)
                .next()
                .getResponseBody()
                .getResponse()
                .getBodyMutation()
                .getStreamedResponse();
        assertThat(piece.getBody().toStringUtf8()).isEqualTo("data: 1");
        assertThat(piece.getEndOfStream()).isFalse();
        assertThat(stream.answer("", true)
                        .next()
                        .getResponseBody()
                        .getResponse()
                        .getBodyMutation()
                        .getStreamedResponse()
                        .getEndOfStream())
                .isTrue();
    }

    @Test
    void theCallersCredentialIsAskedForBeforeTheBody() throws Exception {
        restart(List.of("a-key-of-some-length"), 10);
        assertRefused(refusal(edge.stream().post(CHAT)), 401, ErrorCode.UNAUTHENTICATED);
        assertRefused(refusal(edge.stream().head(GET_MODELS, true)), 401, ErrorCode.UNAUTHENTICATED);
        EnvoyStream stream = edge.stream()
                .head(Map.of(":method", "GET", ":path", "/", "authorization", "Bearer a-key-of-some-length"), true);
        chosen(stream.next());
        assertThat(edge.gateway.admission().underWay()).isEqualTo(1);
    }

    @Test
    void aBodyThatDoesNotComeGivesItsPlaceUp() throws Exception {
        EnvoyStream stream = edge.stream().mode(BodySendMode.BUFFERED).post(CHAT);
        stream.next();
        assertThat(edge.alarms).hasSize(1);
        edge.alarms.getFirst().run();
        assertRefused(refusal(stream), 504, ErrorCode.DEADLINE_EXCEEDED);
        edge.awaitNothingHeld();
        assertThat(edge.alarms).isEmpty();
    }

    @Test
    void streamsThatTellNothingKeepOthersFromBeingReadUntilTheirTimeIsOver() throws Exception {
        List<EnvoyStream> silent = new ArrayList<>();
        for (int i = 0; i < PickerService.MOST_ASKED; i++) {
            silent.add(edge.stream());
            edge.awaitAlarms(i + 1);
        }
        List<Runnable> ofTheSilent = List.copyOf(edge.alarms);
        EnvoyStream next = edge.stream().head(GET_MODELS, true);
        edge.awaitAlarms(PickerService.MOST_ASKED + 1);
        ofTheSilent.forEach(Runnable::run);
        assertRefused(refusal(silent.getFirst()), 504, ErrorCode.DEADLINE_EXCEEDED);
        chosen(next.next());
    }

    @Test
    void nothingIsReadOfAnAnswerWhoseRequestNobodyTold() throws Exception {
        assertThat(edge.stream().answered("200", "").end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @ParameterizedTest
    @CsvSource({"NONE", "STREAMED", "BUFFERED_PARTIAL"})
    void modesThatDoNotShowTheBodyInTimeAreRefusedWithWhatToSet(BodySendMode mode) throws Exception {
        Status status = edge.stream().mode(mode).post(CHAT).end();
        assertThat(status.getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(status.getDescription()).contains("set it to FULL_DUPLEX_STREAMED");
    }

    @Test
    void messagesOutOfTurnEndTheStream() throws Exception {
        assertThat(edge.stream().body(QUESTION, true).end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        EnvoyStream stream = edge.stream();
        edge.ask(stream, CHAT, QUESTION);
        assertThat(stream.body("more", true).end().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        edge.awaitNothingHeld();
    }

    @Test
    void otherRoutesGoByTheModelThatTheyName() throws Exception {
        assertThat(edge.decision(edge.ask(edge.stream(), "/v1/embeddings", "{\"model\":\"m\",\"input\":\"x\"}"))
                        .model())
                .isEqualTo("m");
        assertRefused(
                refusal(edge.stream().post("/v1/embeddings").body("{\"model\":\"other\"}", true)),
                404,
                ErrorCode.MODEL_NOT_FOUND);
        assertThat(edge.decision(edge.ask(edge.stream(), "/v2/models/m/infer", "not JSON"))
                        .model())
                .isEqualTo("m");
    }

    @Test
    void healthIsToldUnderTheNamesOfTheProtocol() {
        assertThat(health("liveness")).isEqualTo(ServingStatus.SERVING);
        assertThat(health("readiness")).isEqualTo(ServingStatus.SERVING);
        assertThat(health(ExternalProcessorGrpc.SERVICE_NAME)).isEqualTo(ServingStatus.SERVING);
        assertThat(ExternalProcessorGrpc.SERVICE_NAME).isEqualTo("envoy.service.ext_proc.v3.ExternalProcessor");
        edge.gateway.refuseMore();
        assertThat(health("liveness")).isEqualTo(ServingStatus.SERVING);
        assertThat(health("readiness")).isEqualTo(ServingStatus.NOT_SERVING);
        assertThatThrownBy(() -> health("other"))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND));
    }

    @Test
    void withoutAReadyEndpointItLivesAndIsNotReady() {
        List.of(edge.first, edge.second, edge.third)
                .forEach(replica -> replica.engine().withState(ModelState.FAILED));
        assertThat(health("liveness")).isEqualTo(ServingStatus.SERVING);
        for (String service : List.of("", "readiness", ExternalProcessorGrpc.SERVICE_NAME)) {
            assertThat(health(service)).as(service).isEqualTo(ServingStatus.NOT_SERVING);
        }
    }

    @Test
    void soManyMayAskForHealthAtOnceAndOthersAreRefusedBeforeTheyAreRead() throws Exception {
        List<ClientCall<HealthCheckRequest, HealthCheckResponse>> silent = new ArrayList<>();
        Status refusal = Status.OK;
        while (refusal.isOk() && silent.size() < 1000) {
            silent.add(silentHealth()); // Those that meet a call which is just about to end are refused.
            refusal = statusOf(() -> health("liveness"));
        }
        assertThat(refusal.getDescription()).contains("16 such calls");
        silent.forEach(call -> call.cancel("enough", null));
        Awaited.until("a place", () -> statusOf(() -> health("liveness")).isOk());
    }

    private static Status statusOf(Runnable call) {
        try {
            call.run();
            return Status.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus();
        }
    }

    /** One whose message does not come. */
    private ClientCall<HealthCheckRequest, HealthCheckResponse> silentHealth() {
        ClientCall<HealthCheckRequest, HealthCheckResponse> call =
                edge.channel.newCall(HealthGrpc.getCheckMethod(), CallOptions.DEFAULT);
        call.start(new ClientCall.Listener<>() {}, new Metadata());
        return call;
    }

    private ServingStatus health(String service) {
        return HealthGrpc.newBlockingStub(edge.channel)
                .check(HealthCheckRequest.newBuilder().setService(service).build())
                .getStatus();
    }
}

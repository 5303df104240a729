package dev.foretoken.gateway.picker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.prefix.PrefixSecret;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.GatewayConfig;
import dev.foretoken.gateway.HttpLimits;
import dev.foretoken.gateway.auth.Identities;
import dev.foretoken.gateway.fake.Awaited;
import dev.foretoken.gateway.fake.Models;
import dev.foretoken.gateway.metrics.PrometheusTelemetry;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.routing.RoutingConfig;
import dev.foretoken.gateway.text.Tokenizer;
import dev.foretoken.gateway.tracing.Tracing;
import dev.foretoken.routing.decision.RouteDecision;
import dev.foretoken.routing.prefix.PrefixDirectory;
import dev.foretoken.wire.extproc.CommonResponse;
import dev.foretoken.wire.extproc.ImmediateResponse;
import dev.foretoken.wire.extproc.ProcessingResponse;
import dev.foretoken.wire.server.ListeningServer;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** A gateway in front of two processes that answer HTTP, whose picker listens; its alarms ring when a test says so. */
final class PickerEdge implements AutoCloseable {

    static final String CHAT = "/v1/chat/completions";
    static final String QUESTION = "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"the quick fox\"}]}";
    static final String ROUTE = "x-foretoken-route";

    private static final String DESTINATION = "x-gateway-destination-endpoint";

    static final int MOST_BODY_BYTES = 128 << 10;
    static final byte[] SECRET = PrefixSecret.shared(Optional.of("a secret of sixteen"));

    final Tokenizer tokenizer = Models.byteLevelTokenizer();
    final HttpReplica first = replica("10.0.0.1:9091", Optional.of("10.0.0.1:8080"));
    final HttpReplica second = replica("10.0.0.2:9091", Optional.of("10.0.0.2:8080"));
    /** A runtime pod without HTTP. */
    final HttpReplica third = replica("10.0.0.3:9091", Optional.empty());

    final PrefixDirectory prefixes = new PrefixDirectory(SECRET, 1000);
    final List<Runnable> alarms = new CopyOnWriteArrayList<>();
    /** Of the gateway's clock, which stands still: how long a test takes is nothing to what it sees. */
    final long now = System.nanoTime();

    final Gateway gateway;
    final ListeningServer server;
    final ManagedChannel channel;

    PickerEdge(List<String> keys, int mostRequests) throws IOException {
        this(config(keys, mostRequests, RoutingConfig.DEFAULT, Identities.NONE));
    }

    static GatewayConfig config(List<String> keys, int mostRequests, RoutingConfig routing, Identities identities) {
        return GatewayConfig.DEFAULT
                .withApiKeys(keys)
                .limiting(new HttpLimits(
                        MOST_BODY_BYTES, 8, mostRequests, 64 << 10, Duration.ofSeconds(60), Duration.ofSeconds(60)))
                .routedBy(routing)
                .identifying(identities);
    }

    PickerEdge(GatewayConfig config) throws IOException {
        ModelCatalog catalog = new ModelCatalog();
        ServedModel text = Models.withText("m", tokenizer, first.engine());
        catalog.put(new ServedModel(
                "m",
                text.tokenizer(),
                text.chat(),
                text.endOfSequence(),
                Stream.of(first, second, third).map(HttpReplica::endpoint).toList()));
        gateway = new Gateway(
                config,
                catalog,
                new PrometheusTelemetry(System::nanoTime),
                new Gateway.Clocks(InstantSource.system(), () -> now),
                RandomGenerator.of("SecureRandom"),
                new Gateway.Surroundings(Optional.of(prefixes), Tracing.off()));
        server = PickerServer.start(new PickerConfig("127.0.0.1", 0), gateway, this::alarm);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
    }

    private HttpReplica replica(String name, Optional<String> address) {
        return new HttpReplica(name, new FakeEngine("m", tokenizer.vocabularySize()), address);
    }

    private Runnable alarm(Duration time, Runnable task) {
        alarms.add(task);
        return () -> alarms.remove(task);
    }

    EnvoyStream stream() {
        return EnvoyStream.open(channel);
    }

    /** The choice for a request that comes in one piece; its stream stays open. */
    CommonResponse ask(EnvoyStream stream, String path, String body) throws InterruptedException {
        stream.post(path).body(body, true);
        CommonResponse head = chosen(stream.next());
        assertThat(stream.next()
                        .getRequestBody()
                        .getResponse()
                        .getBodyMutation()
                        .getStreamedResponse())
                .satisfies(piece -> {
                    assertThat(piece.getBody().toStringUtf8()).isEqualTo(body);
                    assertThat(piece.getEndOfStream()).isTrue();
                });
        return head;
    }

    /** Says the same in the field and in the metadata. */
    static CommonResponse chosen(ProcessingResponse response) {
        CommonResponse head = response.getRequestHeaders().getResponse();
        assertThat(response.getDynamicMetadata()
                        .getFieldsOrThrow("envoy.lb")
                        .getStructValue()
                        .getFieldsOrThrow(DESTINATION)
                        .getStringValue())
                .isEqualTo(destination(head));
        return head;
    }

    static String destination(CommonResponse head) {
        return EnvoyStream.set(head.getHeaderMutation(), DESTINATION);
    }

    RouteDecision decision(CommonResponse head) {
        return decision(EnvoyStream.set(head.getHeaderMutation(), ROUTE));
    }

    RouteDecision decision(String id) {
        return gateway.routes().find(id).orElseThrow();
    }

    static ImmediateResponse refusal(EnvoyStream stream) throws InterruptedException {
        ImmediateResponse refusal = stream.next().getImmediateResponse();
        assertThat(stream.end()).isEqualTo(Status.OK);
        return refusal;
    }

    static void assertRefused(ImmediateResponse refusal, int status, ErrorCode code) {
        assertThat(refusal.getStatus().getCodeValue()).isEqualTo(status);
        String reason = code.name().toLowerCase(Locale.ROOT);
        assertThat(EnvoyStream.set(refusal.getHeaders(), "x-llm-d-request-dropped-reason"))
                .isEqualTo(reason);
        assertThat(EnvoyStream.set(refusal.getHeaders(), "content-type")).isEqualTo("application/json");
        assertThat(refusal.getBody().toStringUtf8()).contains("\"code\":\"" + reason + "\"");
    }

    void awaitNothingHeld() throws InterruptedException {
        assertThat(gateway.admission().awaitEmpty(Duration.ofMinutes(2))).isTrue();
    }

    /** Every open stream has one: so many are. */
    void awaitAlarms(int count) throws InterruptedException {
        Awaited.until(count + " alarms", () -> alarms.size() == count);
    }

    /** Requests that count at the engines now, by the next decision. */
    List<Integer> inFlight() throws InterruptedException {
        EnvoyStream stream = stream();
        RouteDecision seen = decision(ask(stream, CHAT, QUESTION));
        stream.cut();
        awaitNothingHeld();
        return seen.candidates().stream()
                .limit(2)
                .map(candidate -> candidate.seen().inFlight())
                .toList();
    }

    @Override
    public void close() {
        channel.shutdownNow();
        server.close();
        gateway.close();
        tokenizer.close();
    }
}

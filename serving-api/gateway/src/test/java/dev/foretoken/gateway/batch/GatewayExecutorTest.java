package dev.foretoken.gateway.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchCancel;
import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.Room;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.LoadCounters;
import dev.foretoken.contract.engine.LoadReport;
import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.fake.FakeEngine;
import dev.foretoken.contract.fake.FakeGeneration;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.TraceParent;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.GatewayConfig;
import dev.foretoken.gateway.HttpLimits;
import dev.foretoken.gateway.auth.Identities;
import dev.foretoken.gateway.fake.FakeGraph;
import dev.foretoken.gateway.fake.Graphs;
import dev.foretoken.gateway.fake.Models;
import dev.foretoken.gateway.metrics.PrometheusTelemetry;
import dev.foretoken.gateway.model.ModelCatalog;
import dev.foretoken.gateway.tenant.KeyHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Requests of batches in front of fake engines; that answers equal those of HTTP is tested where HTTP is. */
@Timeout(300)
class GatewayExecutorTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final String PROMPT = "{\"model\":\"bare\",\"prompt\":[5,6],\"max_tokens\":2}";

    @TempDir
    Path folder;

    private final AtomicLong clock = new AtomicLong();
    private final FakeEngine engine = new FakeEngine("bare", 100);
    private final FakeGraph graph = Graphs.echo("graph");
    private final FakeGraph encoder = Graphs.encoder("encoder");
    private Gateway gateway;
    private GatewayExecutor executor;

    @BeforeEach
    void open() throws IOException {
        String hash = KeyHash.of("tenant-key-0123456789", new Random(1)).text();
        Path tenants = Files.writeString(
                folder.resolve("tenants.yaml"),
                "tenants: [{id: team, weight: 300, concurrent-requests: 1, keys: ['" + hash
                        + "']}, {id: slow, highest-priority: low, keys: []}]");
        serve(GatewayConfig.DEFAULT
                .identifying(new Identities(Optional.of(tenants), Optional.empty(), Optional.empty()))
                .withApiKeys(List.of("operators-key")));
        engine.answering(7, 8);
    }

    private void serve(GatewayConfig config) {
        ModelCatalog catalog = new ModelCatalog();
        catalog.put(Models.tokensOnly("bare", engine));
        catalog.put(graph.served(Optional.empty()));
        catalog.put(encoder.served(Optional.of(Graphs.encoderTokenizer())));
        gateway = new Gateway(
                config,
                catalog,
                new PrometheusTelemetry(clock::get),
                new Gateway.Clocks(InstantSource.fixed(NOW), clock::get),
                RandomGenerator.of("SecureRandom"));
        executor = new GatewayExecutor(gateway);
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    private static BatchRequest request(BatchEndpoint endpoint, String body) {
        return new BatchRequest(
                "mine-1",
                endpoint,
                Optional.empty(),
                body.getBytes(StandardCharsets.UTF_8),
                Optional.of("team"),
                Priority.BATCH,
                Optional.empty(),
                Optional.empty());
    }

    private static BatchRequest completion(String tenant, Priority priority, String body) {
        return new BatchRequest(
                "mine-1",
                BatchEndpoint.COMPLETIONS,
                Optional.empty(),
                body.getBytes(StandardCharsets.UTF_8),
                Optional.of(tenant),
                priority,
                Optional.empty(),
                Optional.empty());
    }

    private static BatchRequest until(Instant deadline) {
        return new BatchRequest(
                "mine-1",
                BatchEndpoint.COMPLETIONS,
                Optional.of("bare"),
                "{\"prompt\":[5,6],\"max_tokens\":2}".getBytes(StandardCharsets.UTF_8),
                Optional.of("team"),
                Priority.BATCH,
                Optional.of(deadline),
                Optional.of(TraceParent.parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")));
    }

    private BatchAnswer run(BatchRequest request) throws InterruptedException {
        return executor.run(request, new BatchCancel());
    }

    private static String text(BatchAnswer answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }

    private void refused(BatchAnswer answer, int status, ErrorCode code, String message) {
        assertThat(answer.status()).as(text(answer)).isEqualTo(status);
        assertThat(answer.error()).contains(code);
        assertThat(text(answer)).contains(message);
        assertThat(gateway.admission().underWay()).isZero();
    }

    private GenerationRequest submitted() throws InterruptedException {
        return engine.nextSubmitted().request();
    }

    @Test
    void answersUnderTheIdOfTheRequest() throws Exception {
        BatchAnswer answer = run(request(BatchEndpoint.COMPLETIONS, PROMPT));
        assertThat(answer.status()).as(text(answer)).isEqualTo(200);
        assertThat(answer.error()).isEmpty();
        assertThat(answer.requestId()).isEqualTo("mine-1");
        assertThat(text(answer)).contains("\"object\":\"text_completion\"").contains("\"model\":\"bare\"");
        GenerationRequest request = submitted();
        assertThat(request.identity().tenant()).isEqualTo("team");
        assertThat(request.service().weight()).isEqualTo(300);
        assertThat(gateway.admission().underWay()).isZero();
    }

    @Test
    void theModelOfTheRequestStandsForThatOfTheBody() throws Exception {
        BatchRequest other = new BatchRequest(
                "mine-1",
                BatchEndpoint.COMPLETIONS,
                Optional.of("bare"),
                PROMPT.replace("bare", "other").getBytes(StandardCharsets.UTF_8),
                Optional.of("team"),
                Priority.BATCH,
                Optional.empty(),
                Optional.empty());
        assertThat(run(other).status()).isEqualTo(200);
    }

    @Test
    void refusesWhatHasNoAnswer() throws Exception {
        refused(run(request(BatchEndpoint.CHAT_COMPLETIONS, "{\"model\":")), 400, ErrorCode.INVALID_REQUEST, "JSON");
        refused(run(request(BatchEndpoint.COMPLETIONS, "")), 400, ErrorCode.INVALID_REQUEST, "empty");
        refused(
                run(request(BatchEndpoint.COMPLETIONS, PROMPT.replace("bare", "other"))),
                404,
                ErrorCode.MODEL_NOT_FOUND,
                "model 'other' is not served");
        refused(
                run(request(BatchEndpoint.EMBEDDINGS, "{\"model\":\"bare\",\"input\":\"a\"}")),
                400,
                ErrorCode.UNSUPPORTED_FEATURE,
                "does not embed texts");
        refused(
                run(request(BatchEndpoint.INFER, "{\"inputs\":[]}")),
                400,
                ErrorCode.INVALID_REQUEST,
                "model is missing");
        assertThat(engine.submittedCount()).isZero();
    }

    @Test
    void answersAreWhole() throws Exception {
        for (BatchEndpoint endpoint : List.of(BatchEndpoint.COMPLETIONS, BatchEndpoint.CHAT_COMPLETIONS)) {
            refused(
                    run(request(endpoint, "{\"model\":\"bare\",\"prompt\":[5],\"stream\":true}")),
                    400,
                    ErrorCode.INVALID_REQUEST,
                    "stream must be false in a batch");
        }
        String tensors =
                "{\"model\":\"graph\",\"inputs\":[{\"name\":\"x\",\"datatype\":\"INT8\",\"shape\":[1],\"data\":[1]}]%s}";
        for (String binary : List.of(
                ",\"parameters\":{\"binary_data_output\":true}",
                ",\"outputs\":[{\"name\":\"x_out\",\"parameters\":{\"binary_data\":true}}]")) {
            refused(
                    run(request(BatchEndpoint.INFER, tensors.formatted(binary))),
                    400,
                    ErrorCode.UNSUPPORTED_FEATURE,
                    "binary outputs");
        }
        assertThat(graph.requests()).isEmpty();
        assertThat(run(request(BatchEndpoint.INFER, tensors.formatted(""))).status())
                .isEqualTo(200);
    }

    @Test
    void aBodyIsNoLargerThanOverHttp() throws Exception {
        gateway.close();
        serve(GatewayConfig.DEFAULT.limiting(
                new HttpLimits(1 << 10, 8, 96, 4 << 10, Duration.ofSeconds(2), Duration.ofSeconds(5))));
        BatchRequest large = new BatchRequest(
                "mine-1",
                BatchEndpoint.COMPLETIONS,
                PROMPT.concat(" ".repeat(1 << 10)).getBytes(StandardCharsets.UTF_8));
        refused(run(large), 413, ErrorCode.PAYLOAD_TOO_LARGE, "larger than 1024 bytes");
    }

    @Test
    void allBatchesTogetherLeaveHalfOfThePlacesToCallers() throws Exception {
        gateway.close();
        serve(GatewayConfig.DEFAULT.limiting(
                new HttpLimits(1 << 10, 8, 2, 4 << 10, Duration.ofSeconds(2), Duration.ofSeconds(5))));
        engine.behaving(generation -> {});
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            BatchCancel cancel = new BatchCancel();
            BatchRequest own =
                    new BatchRequest("mine-1", BatchEndpoint.COMPLETIONS, PROMPT.getBytes(StandardCharsets.UTF_8));
            Future<BatchAnswer> first = callers.submit(() -> executor.run(own, cancel));
            engine.nextSubmitted();
            engine.answering(7, 8);
            BatchAnswer second = new GatewayExecutor(gateway).run(own, new BatchCancel());
            int callersToo = gateway.admission().underWay();
            cancel.cancel();
            assertThat(first.get().error()).contains(ErrorCode.CANCELLED);
            refused(second, 429, ErrorCode.QUEUE_FULL, "1 requests of batches");
            assertThat(second.isRetryable()).isTrue();
            assertThat(callersToo).as("of two places").isOne();
            assertThat(run(own).status()).isEqualTo(200);
        }
    }

    @Test
    void theEngineSaysWhetherItCanBeTriedAgain() throws Exception {
        engine.refusing(new ForetokenException(ErrorCode.QUEUE_FULL, "full"));
        BatchAnswer answer = run(request(BatchEndpoint.COMPLETIONS, PROMPT));
        refused(answer, 429, ErrorCode.QUEUE_FULL, "full");
        assertThat(answer.isRetryable()).isTrue();
        gateway.admission().drain();
        assertThat(run(request(BatchEndpoint.COMPLETIONS, PROMPT)).error()).contains(ErrorCode.DRAINING);
    }

    @Test
    void onlyTenantsThereAreHaveRequests() throws Exception {
        refused(run(completion("nobody", Priority.BATCH, PROMPT)), 403, ErrorCode.PERMISSION_DENIED, "no tenant here");
        refused(run(completion("", Priority.BATCH, PROMPT)), 403, ErrorCode.PERMISSION_DENIED, "names no tenant");
        String operator =
                gateway.authenticator().authenticate("Bearer operators-key").tenant();
        assertThat(run(completion(operator, Priority.BATCH, PROMPT)).status()).isEqualTo(200);
        assertThat(submitted().identity().tenant()).isEqualTo(operator);
    }

    @Test
    void withoutTenantsNobodyIsNamed() throws Exception {
        gateway.close();
        serve(GatewayConfig.DEFAULT.withApiKeys(List.of("operators-key")));
        assertThat(run(completion("", Priority.BATCH, PROMPT)).status()).isEqualTo(200);
        refused(run(completion("team", Priority.BATCH, PROMPT)), 403, ErrorCode.PERMISSION_DENIED, "no tenant here");
    }

    @Test
    void aTenantIsHeldToItsLimits() throws Exception {
        engine.behaving(generation -> {});
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            BatchCancel cancel = new BatchCancel();
            Future<BatchAnswer> first =
                    callers.submit(() -> executor.run(request(BatchEndpoint.COMPLETIONS, PROMPT), cancel));
            engine.nextSubmitted();
            engine.answering(7, 8);
            BatchAnswer second = run(request(BatchEndpoint.COMPLETIONS, PROMPT));
            cancel.cancel();
            assertThat(second.error()).contains(ErrorCode.RATE_LIMITED);
            assertThat(second.isRetryable()).isTrue();
            assertThat(first.get().error()).contains(ErrorCode.CANCELLED);
        }
    }

    @Test
    void theClassIsThatOfTheBatchUnlessABodyWantsLess() throws Exception {
        String urgent = PROMPT.replace("}", ",\"priority\":\"interactive\"}");
        String patient = PROMPT.replace("}", ",\"priority\":\"low\"}");
        assertThat(classOf(completion("team", Priority.BATCH, PROMPT))).isEqualTo(Priority.BATCH);
        assertThat(classOf(completion("team", Priority.BATCH, urgent))).isEqualTo(Priority.BATCH);
        assertThat(classOf(completion("team", Priority.HIGH, PROMPT))).isEqualTo(Priority.HIGH);
        assertThat(classOf(completion("team", Priority.HIGH, patient))).isEqualTo(Priority.LOW);
        assertThat(classOf(completion("slow", Priority.HIGH, PROMPT))).isEqualTo(Priority.LOW);
        run(request(BatchEndpoint.EMBEDDINGS, "{\"model\":\"encoder\",\"input\":\"red\",\"priority\":\"high\"}"));
        assertThat(encoder.requests().getLast().service().priority()).isEqualTo(Priority.BATCH);
    }

    private Priority classOf(BatchRequest request) throws InterruptedException {
        run(request);
        return submitted().service().priority();
    }

    @Test
    void theDeadlineIsTheTimeThatIsLeft() throws Exception {
        assertThat(run(until(NOW.plusMillis(2500))).status()).isEqualTo(200);
        GenerationRequest request = submitted();
        assertThat(request.service().timeout()).contains(Duration.ofMillis(2500));
        assertThat(request.identity().trace().traceId()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(run(until(NOW.plus(Duration.ofDays(300)))).status()).isEqualTo(200);
        assertThat(submitted().service().timeout())
                .as("no longer than that of any request")
                .contains(GatewayConfig.DEFAULT.answers().maxTimeout());
    }

    @Test
    void aDeadlineThatHasPassedIsNotRun() throws Exception {
        BatchAnswer answer = run(until(NOW));
        refused(answer, 504, ErrorCode.DEADLINE_EXCEEDED, "2026-03-01T12:00:00Z");
        assertThat(answer.isRetryable()).isFalse();
        assertThat(engine.submittedCount()).isZero();
    }

    @Test
    void aDeadlineThatPassesEndsTheAnswer() throws Exception {
        engine.behaving(generation -> clock.addAndGet(Duration.ofSeconds(3).toNanos()));
        refused(run(until(NOW.plusMillis(2500))), 504, ErrorCode.DEADLINE_EXCEEDED, "not complete after 2500 ms");
        assertThat(engine.nextSubmitted().wasCancelled()).isTrue();
    }

    @Test
    void whatIsCancelledEndsInTheEngine() throws Exception {
        engine.behaving(generation -> {});
        BatchCancel cancel = new BatchCancel();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<BatchAnswer> answer =
                    callers.submit(() -> executor.run(request(BatchEndpoint.COMPLETIONS, PROMPT), cancel));
            FakeGeneration generation = engine.nextSubmitted();
            cancel.cancel();
            refused(answer.get(), 499, ErrorCode.CANCELLED, "cancelled");
            assertThat(generation.awaitCancelled()).isTrue();
        }
        refused(
                executor.run(request(BatchEndpoint.COMPLETIONS, PROMPT), cancel),
                499,
                ErrorCode.CANCELLED,
                "cancelled");
        assertThat(engine.submittedCount()).as("nothing was begun").isZero();
    }

    @Test
    void aRunOfAGraphIsInterruptedAndTheThreadIsFreeAgain() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        encoder.computing(request -> computingForEver(request, began));
        BatchRequest request = request(BatchEndpoint.EMBEDDINGS, "{\"model\":\"encoder\",\"input\":\"red\"}");
        BatchCancel cancel = new BatchCancel();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> interrupted = callers.submit(() -> {
                refused(executor.run(request, cancel), 499, ErrorCode.CANCELLED, "cancelled");
                return Thread.interrupted();
            });
            began.await();
            cancel.cancel();
            assertThat(interrupted.get()).isFalse();
        }
    }

    @Test
    void anInterruptOfTheCallerIsNoAnswer() throws Exception {
        CountDownLatch began = new CountDownLatch(1);
        encoder.computing(request -> computingForEver(request, began));
        BatchRequest request = request(BatchEndpoint.EMBEDDINGS, "{\"model\":\"encoder\",\"input\":\"red\"}");
        Thread[] caller = new Thread[1];
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<BatchAnswer> answer = callers.submit(() -> {
                caller[0] = Thread.currentThread();
                return run(request);
            });
            began.await();
            caller[0].interrupt();
            assertThatThrownBy(answer::get).hasCauseInstanceOf(InterruptedException.class);
        }
        assertThat(gateway.admission().underWay()).isZero();
    }

    private static List<Tensor> computingForEver(TensorRequest request, CountDownLatch began) {
        began.countDown();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ForetokenException(ErrorCode.CANCELLED, "interrupted", e);
        }
        return Graphs.encoded(request);
    }

    @Test
    void theRoomIsThatOfAllEngines() {
        assertThat(executor.room()).isEqualTo(Room.UNKNOWN);
        engine.reporting(
                new LoadReport(List.of(load("bare", 3, 2, 100, 50), load("other", 1, 1, 300, 50)), 0, 0, false));
        assertThat(executor.room()).as("asked a moment ago").isEqualTo(Room.UNKNOWN);
        clock.addAndGet(Duration.ofMillis(20).toNanos());
        assertThat(executor.room()).isEqualTo(new Room(3, 4, 0.75));
    }

    @Test
    void anEngineOfSeveralNamesCountsOnce() {
        gateway.catalog().put(Models.tokensOnly("alias", engine));
        engine.reporting(new LoadReport(List.of(load("bare", 3, 2, 100, 100)), 0, 0, false));
        clock.addAndGet(Duration.ofMillis(20).toNanos());
        assertThat(executor.room()).isEqualTo(new Room(2, 3, 0));
    }

    private static ModelLoad load(String model, int waiting, int running, int blocks, int used) {
        return new ModelLoad(model, waiting, running, 16, blocks, used, LoadCounters.ZERO);
    }
}

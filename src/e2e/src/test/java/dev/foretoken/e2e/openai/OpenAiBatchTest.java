package dev.foretoken.e2e.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.client.OpenAIClient;
import com.openai.core.http.HttpResponse;
import com.openai.errors.NotFoundException;
import com.openai.models.batches.Batch;
import com.openai.models.batches.BatchCreateParams;
import com.openai.models.batches.BatchListParams;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileListParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import dev.foretoken.e2e.batch.TestTopics;
import dev.foretoken.e2e.openai.BatchApiServer.Backing;
import dev.foretoken.e2e.server.Eventually;
import dev.foretoken.e2e.server.Models;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * OpenAI's Batch API with its own client: a batch that is answered though its server is killed, one that is cancelled, and lists by pages. By default
 * where the server runs batches itself, and killed once; with the profile {@code soak} twice, during longer batches, with one whose window ends, and
 * through topics of Kafka as well.
 */
@Timeout(3600)
class OpenAiBatchTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final boolean SOAK = Boolean.getBoolean("foretoken.soak");
    private static final int REQUESTS = SOAK ? 1000 : 20;
    private static final int KILLS = SOAK ? 2 : 1;
    /** They take longer than the shortest window. */
    private static final int LONG_REQUESTS = SOAK ? 500 : 4;

    private static final Set<Batch.Status> ENDS =
            Set.of(Batch.Status.COMPLETED, Batch.Status.FAILED, Batch.Status.EXPIRED, Batch.Status.CANCELLED);

    @TempDir
    Path folder;

    private BatchApiServer server;
    private OpenAIClient client;

    static List<Backing> tried() {
        return SOAK ? List.of(Backing.values()) : List.of(Backing.FOLDER);
    }

    @AfterEach
    void stop() {
        if (client != null) {
            client.close();
        }
        if (server != null) {
            server.close();
        }
    }

    private void connect() {
        client = OpenAi.client(server.http());
    }

    private Path requests() throws IOException {
        String prompt = JSON.writeValueAsString(OpenAi.LINES.text().orElseThrow());
        String lines = IntStream.range(0, REQUESTS)
                .mapToObj(i -> "{\"custom_id\":\"c" + i
                        + "\",\"method\":\"POST\",\"url\":\"/v1/completions\",\"body\":{\"model\":\"" + Models.LLAMA
                        + "\",\"prompt\":" + prompt + ",\"temperature\":0,\"max_tokens\":" + (i == 7 ? -1 : 16) + "}}")
                .collect(Collectors.joining("\n"));
        return Files.writeString(folder.resolve("requests.jsonl"), lines);
    }

    @ParameterizedTest
    @MethodSource("tried")
    void batchesEndAsTheirCallersAreTold(Backing backing) throws IOException {
        server = new BatchApiServer(folder, backing);
        connect();
        FileObject file = upload(requests());
        assertThat(file.filename()).isEqualTo("requests.jsonl");
        Batch batch = create(file, BatchCreateParams.CompletionWindow._24H);
        assertThat(batch.status()).isEqualTo(Batch.Status.VALIDATING);
        killDuring(batch);
        assertAnswered(ended(batch));
        FileObject longFile = upload(BatchApiServer.longRequests(folder.resolve("long.jsonl"), LONG_REQUESTS));
        Batch cancelled = assertCancelled(create(longFile, BatchCreateParams.CompletionWindow._24H));
        assertPages(List.of(cancelled.id(), batch.id()));
        if (SOAK) {
            assertExpires(create(longFile, BatchCreateParams.CompletionWindow.of("1m")));
        }
        assertThat(client.files().delete(file.id()).deleted()).isTrue();
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> client.files().retrieve(file.id()));
    }

    private FileObject upload(Path file) {
        return client.files()
                .create(FileCreateParams.builder()
                        .file(file)
                        .purpose(FilePurpose.BATCH)
                        .build());
    }

    private Batch create(FileObject file, BatchCreateParams.CompletionWindow window) {
        return client.batches()
                .create(BatchCreateParams.builder()
                        .inputFileId(file.id())
                        .endpoint(BatchCreateParams.Endpoint.V1_COMPLETIONS)
                        .completionWindow(window)
                        .build());
    }

    private void killDuring(Batch batch) {
        for (int kill = 0; kill < KILLS; kill++) {
            int some = kill * REQUESTS / (KILLS + 1);
            Eventually.within(
                    TestTopics.PATIENCE,
                    "more than " + some + " requests are answered",
                    () -> completed(batch.id()) > some);
            client.close();
            server.restart();
            connect();
        }
    }

    private void assertAnswered(Batch done) {
        assertThat(done.status()).isEqualTo(Batch.Status.COMPLETED);
        assertThat(done.requestCounts().orElseThrow().completed()).isEqualTo(REQUESTS - 1);
        assertThat(done.requestCounts().orElseThrow().failed()).isEqualTo(1);
        Map<String, JsonNode> answers = lines(done.outputFileId());
        assertThat(answers).hasSize(REQUESTS - 1);
        assertThat(answers.values())
                .allSatisfy(answer -> assertThat(
                                answer.at("/response/body/choices/0/text").asText())
                        .isEqualTo(OpenAi.LINES.answer().generated()));
        assertThat(done.usage().orElseThrow().validate().totalTokens())
                .isEqualTo(answers.values().stream()
                        .mapToLong(answer ->
                                answer.at("/response/body/usage/total_tokens").asLong())
                        .sum());
        Map<String, JsonNode> errors = lines(done.errorFileId());
        assertThat(errors).containsOnlyKeys("c7");
        assertThat(errors.get("c7").at("/response/status_code").asInt()).isEqualTo(400);
    }

    private Batch assertCancelled(Batch batch) {
        Eventually.within(
                TestTopics.PATIENCE,
                "its file is read, which has no lines to be told of before",
                () -> !client.batches().retrieve(batch.id()).status().equals(Batch.Status.VALIDATING));
        assertThat(client.batches().cancel(batch.id()).status()).isIn(Batch.Status.CANCELLING, Batch.Status.CANCELLED);
        Batch cancelled = ended(batch);
        assertThat(cancelled.status()).isEqualTo(Batch.Status.CANCELLED);
        assertThat(cancelled.cancelledAt()).isPresent();
        assertEndedEarly(cancelled, "batch_cancelled");
        return cancelled;
    }

    private void assertExpires(Batch batch) {
        Batch expired = ended(batch);
        assertThat(expired.status()).isEqualTo(Batch.Status.EXPIRED);
        assertThat(expired.expiredAt()).isPresent();
        assertEndedEarly(expired, "batch_expired");
    }

    /** Each request has one line, in one of two files. */
    private void assertEndedEarly(Batch batch, String code) {
        Map<String, JsonNode> answers = lines(batch.outputFileId());
        Map<String, JsonNode> errors = lines(batch.errorFileId());
        assertThat(answers.size() + errors.size()).isEqualTo(LONG_REQUESTS);
        assertThat(errors).isNotEmpty().doesNotContainKeys(answers.keySet().toArray(String[]::new));
        assertThat(errors.values())
                .allSatisfy(
                        error -> assertThat(error.at("/error/code").asText()).isEqualTo(code));
    }

    /** Newest first, one a page. */
    private void assertPages(List<String> batches) {
        BatchListParams oneBatch = BatchListParams.builder().limit(1).build();
        assertThat(client.batches().list(oneBatch).items()).hasSize(1);
        assertThat(client.batches().list(oneBatch).autoPager())
                .extracting(Batch::id)
                .containsExactlyElementsOf(batches);
        FileListParams oneFile = FileListParams.builder().limit(1).build();
        assertThat(client.files().list(oneFile).autoPager())
                .extracting(FileObject::id)
                .containsExactlyInAnyOrderElementsOf(client.files().list().items().stream()
                        .map(FileObject::id)
                        .toList())
                .doesNotHaveDuplicates()
                .hasSizeGreaterThanOrEqualTo(5);
    }

    private long completed(String id) {
        return client.batches().retrieve(id).requestCounts().orElseThrow().completed();
    }

    private Batch ended(Batch batch) {
        Eventually.within(
                TestTopics.PATIENCE,
                "the batch ends",
                () -> ENDS.contains(client.batches().retrieve(batch.id()).status()));
        return client.batches().retrieve(batch.id());
    }

    /** By custom id; fails where one is there twice. */
    private Map<String, JsonNode> lines(Optional<String> file) {
        Map<String, JsonNode> found = new TreeMap<>();
        if (file.isEmpty()) {
            return found;
        }
        try (HttpResponse content = client.files().content(file.orElseThrow())) {
            new String(content.body().readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(OpenAiBatchTest::parsed)
                    .forEach(line -> assertThat(found.put(line.path("custom_id").asText(), line))
                            .isNull());
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode parsed(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

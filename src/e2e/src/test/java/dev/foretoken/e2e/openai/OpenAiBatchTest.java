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
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import dev.foretoken.e2e.batch.TestTopics;
import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.server.Eventually;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * OpenAI's Batch API with its own client, and a server that is killed while a batch runs: by default once, where the server runs batches itself; with
 * the profile {@code soak} twice, during longer batches, and through topics of Kafka as well.
 */
@Timeout(3600)
class OpenAiBatchTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final boolean SOAK = Boolean.getBoolean("foretoken.soak");
    private static final int REQUESTS = SOAK ? 1000 : 20;
    private static final int KILLS = SOAK ? 2 : 1;

    /** How requests of batches reach engines. */
    enum Backing {
        /** Through the server's own folder. */
        FOLDER,
        KAFKA;

        static List<Backing> tried() {
            return SOAK ? List.of(values()) : List.of(FOLDER);
        }

        List<String> options() {
            return this == KAFKA ? new TestTopics().serve() : List.of();
        }
    }

    @TempDir
    Path folder;

    private ServerProcess server;
    private OpenAIClient client;

    private void start(List<String> backing) {
        List<String> serve = new ArrayList<>(List.of("serve", "--port", "0", "--grpc-port", "0"));
        serve.addAll(List.of("--model", Models.LLAMA + "=" + Checkout.checkpoint(Models.LLAMA)));
        serve.addAll(List.of("--batch-folder", folder.resolve("batches").toString()));
        serve.addAll(backing);
        server = ServerProcess.launch(serve, Map.of());
        client = OpenAi.client(server.awaitReady().http().orElseThrow());
    }

    private void restart(List<String> backing) {
        server.kill();
        client.close();
        start(backing);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
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
    @MethodSource("dev.foretoken.e2e.openai.OpenAiBatchTest$Backing#tried")
    void aBatchIsAnsweredOnceThoughTheServerIsKilled(Backing backing) throws IOException {
        List<String> options = backing.options();
        start(options);
        FileObject file = client.files()
                .create(FileCreateParams.builder()
                        .file(requests())
                        .purpose(FilePurpose.BATCH)
                        .build());
        assertThat(file.filename()).isEqualTo("requests.jsonl");
        Batch batch = client.batches()
                .create(BatchCreateParams.builder()
                        .inputFileId(file.id())
                        .endpoint(BatchCreateParams.Endpoint.V1_COMPLETIONS)
                        .completionWindow(BatchCreateParams.CompletionWindow._24H)
                        .build());
        assertThat(batch.status()).isEqualTo(Batch.Status.VALIDATING);
        for (int kill = 0; kill < KILLS; kill++) {
            int some = kill * REQUESTS / (KILLS + 1);
            Eventually.within(
                    TestTopics.PATIENCE,
                    "more than " + some + " requests are answered",
                    () -> completed(batch.id()) > some);
            restart(options);
        }
        Batch done = ended(batch.id());
        assertThat(done.status()).isEqualTo(Batch.Status.COMPLETED);
        assertThat(done.requestCounts().orElseThrow().completed()).isEqualTo(REQUESTS - 1);
        assertThat(done.requestCounts().orElseThrow().failed()).isEqualTo(1);
        Map<String, JsonNode> answers = lines(done.outputFileId().orElseThrow());
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
        Map<String, JsonNode> errors = lines(done.errorFileId().orElseThrow());
        assertThat(errors).containsOnlyKeys("c7");
        assertThat(errors.get("c7").at("/response/status_code").asInt()).isEqualTo(400);
        assertThat(client.batches().list().items()).extracting(Batch::id).containsExactly(batch.id());
        assertThat(client.files().list().items()).hasSize(3);
        assertThat(client.files().delete(file.id()).deleted()).isTrue();
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> client.files().retrieve(file.id()));
    }

    private long completed(String id) {
        return client.batches().retrieve(id).requestCounts().orElseThrow().completed();
    }

    private Batch ended(String id) {
        Eventually.within(
                TestTopics.PATIENCE,
                "the batch is completed",
                () -> client.batches().retrieve(id).completedAt().isPresent());
        return client.batches().retrieve(id);
    }

    /** By custom id; fails where one is there twice. */
    private Map<String, JsonNode> lines(String file) {
        Map<String, JsonNode> found = new TreeMap<>();
        try (HttpResponse content = client.files().content(file)) {
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

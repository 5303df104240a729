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
import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.server.Eventually;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** OpenAI's Batch API with its own client, and a server that is killed while a batch runs. */
class OpenAiBatchTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int REQUESTS = 20;

    @TempDir
    Path folder;

    private ServerProcess server;
    private OpenAIClient client;

    private void start() {
        server = ServerProcess.launch(
                "serve",
                "--model",
                Models.LLAMA + "=" + Checkout.checkpoint(Models.LLAMA),
                "--port",
                "0",
                "--grpc-port",
                "0",
                "--admin-port",
                "0",
                "--batch-folder",
                folder.resolve("batches").toString());
        client = OpenAi.client(server.awaitReady().http().orElseThrow());
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

    @Test
    void aBatchIsAnsweredOnceThoughTheServerIsKilled() throws IOException {
        start();
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
        Eventually.holds(
                "a request is answered",
                () -> client.batches()
                                .retrieve(batch.id())
                                .requestCounts()
                                .orElseThrow()
                                .completed()
                        > 0);
        server.kill();
        server.awaitExit();
        client.close();
        start();
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

    private Batch ended(String id) {
        return Eventually.get(
                "the batch is completed",
                () -> client.batches().retrieve(id),
                batch -> batch.completedAt().isPresent());
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

package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchCancel;
import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.gateway.batch.GatewayExecutor;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests of batches get what the HTTP routes answer. */
@QuarkusTest
class BatchAnswersTest {

    @Inject
    TestEdge edge;

    @TestHTTPResource("/")
    URI root;

    private GatewayExecutor executor;
    private Calls calls;

    @BeforeEach
    void reset() {
        edge.reset();
        edge.engine.answering(edge.tokenizer.encode("fine, thanks", false));
        edge.bareEngine.answering(5, 6);
        executor = new GatewayExecutor(edge.gateway);
        calls = new Calls(root, TestEdge.TENANT_KEY);
    }

    private BatchAnswer run(BatchEndpoint endpoint, Optional<String> model, String body) throws Exception {
        BatchRequest request = new BatchRequest(
                "line-1",
                endpoint,
                model,
                body.getBytes(StandardCharsets.UTF_8),
                Optional.of("team"),
                Priority.BATCH,
                Optional.empty(),
                Optional.empty());
        return executor.run(request, new BatchCancel());
    }

    /** Every answer has an id of its own and the second it was made in; nothing else may differ. */
    private static String withoutIdAndTime(String body) {
        return body.replaceFirst("\"id\":\"(chatcmpl|cmpl)-[0-9a-f]{32}\"", "\"id\":\"$1\"")
                .replaceFirst("\"created\":[0-9]+", "\"created\":0");
    }

    private void same(Calls.Reply reply, BatchAnswer answer) {
        assertThat(withoutIdAndTime(new String(answer.body(), StandardCharsets.UTF_8)))
                .isEqualTo(withoutIdAndTime(reply.response().body()));
        assertThat(answer.status()).isEqualTo(reply.status());
        assertThat(answer.error().isEmpty()).isEqualTo(reply.status() == 200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "CHAT_COMPLETIONS | {\"model\":\"toy\",\"messages\":[{\"role\":\"user\",\"content\":\"How?\"}]}",
                "CHAT_COMPLETIONS | {\"model\":\"toy\",\"messages\":[{\"role\":\"user\",\"content\":\"How?\"}],\"n\":2,\"logprobs\":true,\"top_logprobs\":2,\"stop\":\",\"}",
                "CHAT_COMPLETIONS | {\"model\":\"toy\",\"messages\":[]}",
                "CHAT_COMPLETIONS | {\"model\":\"none\",\"messages\":[{\"role\":\"user\",\"content\":\"How?\"}]}",
                "CHAT_COMPLETIONS | {\"model\":\"toy\"",
                "COMPLETIONS | {\"model\":\"toy\",\"prompt\":[\"a\",\"b\"],\"echo\":true,\"logprobs\":1,\"max_tokens\":3}",
                "COMPLETIONS | {\"model\":\"bare\",\"prompt\":[1,2],\"return_token_ids\":true}",
                "COMPLETIONS | {\"model\":\"bare\",\"prompt\":\"text\"}",
                "COMPLETIONS | {\"model\":\"bare\",\"prompt\":[1],\"temperature\":-1}",
                "EMBEDDINGS | {\"model\":\"encoder\",\"input\":[\"red green\",\"red\"],\"encoding_format\":\"base64\"}",
                "EMBEDDINGS | {\"model\":\"encoder\",\"input\":\"a b c d e f a\"}",
                "EMBEDDINGS | {\"model\":\"toy\",\"input\":\"a\"}",
            })
    void equalThoseOfTheRoutes(BatchEndpoint endpoint, String body) throws Exception {
        same(calls.post(endpoint.path(), body), run(endpoint, Optional.empty(), body));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "graph | {\"id\":\"mine\",\"inputs\":[{\"name\":\"b\",\"datatype\":\"INT8\",\"shape\":[2],\"data\":[1,2]}]}",
                "graph/versions/1 | {\"inputs\":[{\"name\":\"b\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[0.5]}]}",
                "graph/versions/9 | {\"inputs\":[]}",
                "graph | {\"inputs\":[{\"name\":\"b\",\"datatype\":\"INT8\",\"shape\":[2],\"data\":[1]}]}",
                "none | {\"inputs\":[]}",
            })
    void equalThoseOfTensors(String model, String body) throws Exception {
        Calls.Reply reply = calls.post("/v2/models/" + model + "/infer", body);
        same(reply, run(BatchEndpoint.INFER, Optional.of(model), body));
        String named = body.replaceFirst("\\{", "{\"model\":\"" + model + "\",");
        same(reply, run(BatchEndpoint.INFER, Optional.empty(), named));
    }

    @Test
    void equalThoseOfFailuresBelow() throws Exception {
        String body = "{\"model\":\"bare\",\"prompt\":[1]}";
        for (ErrorCode code : new ErrorCode[] {ErrorCode.QUEUE_FULL, ErrorCode.RUNTIME_FAILED}) {
            edge.bareEngine.refusing(new ForetokenException(code, "something of the engine's own"));
            same(calls.post("/v1/completions", body), run(BatchEndpoint.COMPLETIONS, Optional.empty(), body));
        }
    }
}

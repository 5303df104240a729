package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever number stands in whatever field: the request is answered or refused for it, and nothing else happens. */
@QuarkusTest
class HostileNumbersTest {

    private static final List<String> NUMBERS = List.of(
            "-1",
            "0",
            "-0.0",
            "-2147483648",
            "2147483647",
            "2147483648",
            "4294967297",
            "-9223372036854775808",
            "9223372036854775807",
            "9223372036854775808",
            "1e308",
            "-1e308",
            "5e-324",
            "1e999",
            "0.5");

    /** Every field with a number of the routes that generate, and the places where a list or an object holds some. */
    private static final List<String> FIELDS = List.of(
            "\"n\":%s",
            "\"best_of\":%s",
            "\"max_tokens\":%s",
            "\"min_tokens\":%s",
            "\"temperature\":%s",
            "\"top_p\":%s",
            "\"top_k\":%s",
            "\"min_p\":%s",
            "\"presence_penalty\":%s",
            "\"frequency_penalty\":%s",
            "\"repetition_penalty\":%s",
            "\"logprobs\":%s",
            "\"top_logprobs\":%s",
            "\"prompt_logprobs\":%s",
            "\"seed\":%s",
            "\"priority\":%s",
            "\"stop_token_ids\":[%s]",
            "\"logit_bias\":{\"1\":%s}",
            "\"logit_bias\":{\"%s\":1}",
            "\"cache_salt\":%s",
            "\"stream_options\":%s",
            "\"kv_transfer_params\":{\"tp_size\":%s}",
            "\"prefill\":%s",
            "\"n_discard\":%s");

    @Inject
    TestEdge edge;

    @TestHTTPResource("/")
    URI root;

    private Calls calls;

    @BeforeEach
    void reset() {
        calls = new Calls(root);
        edge.reset();
        edge.engine.answering(5);
        edge.bareEngine.answering(5);
    }

    static Stream<String> fields() {
        return FIELDS.stream();
    }

    @ParameterizedTest
    @MethodSource("fields")
    void everyNumberOfARequestIsTakenOrRefused(String field) throws Exception {
        for (String number : NUMBERS) {
            takenOrRefused("/v1/completions", "{\"model\":\"toy\",\"prompt\":\"Hi\"," + field.formatted(number) + "}");
            takenOrRefused(
                    "/v1/chat/completions",
                    "{\"model\":\"toy\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],"
                            + field.formatted(number)
                            + "}");
        }
    }

    static Stream<String[]> others() {
        return Stream.of(
                new String[] {"/v1/completions", "{\"model\":\"bare\",\"prompt\":[%s]}"},
                new String[] {"/v1/completions", "{\"model\":\"bare\",\"prompt\":[[1],[%s]]}"},
                new String[] {"/detokenize", "{\"model\":\"toy\",\"tokens\":[%s]}"},
                new String[] {"/v1/embeddings", "{\"model\":\"encoder\",\"input\":[%s]}"},
                new String[] {"/v1/embeddings", "{\"model\":\"encoder\",\"input\":\"Hi\",\"dimensions\":%s}"},
                new String[] {"/v1/embeddings", "{\"model\":\"encoder\",\"input\":\"Hi\",\"truncate_prompt_tokens\":%s}"
                },
                new String[] {"/v1/rerank", "{\"model\":\"encoder\",\"query\":\"a\",\"documents\":[\"b\"],\"top_n\":%s}"
                },
                new String[] {
                    "/v2/models/graph/infer",
                    "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[%s],\"data\":[1]}]}"
                },
                new String[] {
                    "/v2/models/graph/infer",
                    "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"INT8\",\"shape\":[%1$s,%1$s],\"data\":[1]}]}"
                },
                new String[] {
                    "/v2/models/graph/infer",
                    "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"INT8\",\"shape\":[1],\"data\":[%s]}]}"
                },
                new String[] {
                    "/v2/models/graph/infer",
                    "{\"parameters\":{\"sequence_id\":%1$s,\"priority\":%1$s,\"timeout\":%1$s},\"inputs\":[{\"name\":\"x\","
                            + "\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]}]}"
                },
                new String[] {
                    "/v2/models/graph/infer",
                    "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1],\"parameters\":{\"binary_data_size\":%s}}]}"
                });
    }

    @ParameterizedTest
    @MethodSource("others")
    void everyNumberOfAMessageIsTakenOrRefused(String path, String body) throws Exception {
        for (String number : NUMBERS) {
            takenOrRefused(path, body.formatted(number));
        }
    }

    private void takenOrRefused(String path, String body) throws Exception {
        Calls.Reply reply = calls.post(path, body);
        assertThat(reply.status())
                .as("%s %s: %s", path, body, reply.response().body())
                .isIn(200, 400, 413);
        assertThat(reply.response().body()).doesNotContain("Exception", "dev.foretoken");
    }
}

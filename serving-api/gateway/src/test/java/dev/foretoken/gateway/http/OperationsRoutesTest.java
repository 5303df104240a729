package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
class OperationsRoutesTest {

    @Inject
    TestEdge edge;

    @TestHTTPResource("/")
    URI root;

    private Calls calls;

    @BeforeEach
    void reset() {
        calls = new Calls(root);
        edge.reset();
    }

    @Test
    void listsModelsAndShowsOne() throws Exception {
        JsonNode list = calls.get("/v1/models").json();
        assertThat(list.path("data").findValuesAsText("id")).containsExactly("bare", "encoder", "graph", "toy");
        JsonNode one = calls.get("/v1/models/toy").json();
        assertThat(one.path("object").asText()).isEqualTo("model");
        assertThat(one.path("max_model_len").asInt()).isEqualTo(64);
        assertThat(one.path("state").asText()).isEqualTo("ready");
        assertThat(one.path("weights").asText()).isEqualTo("Q8_0 + BF16");
        assertThat(one.path("weight_bytes").asLong()).isEqualTo(4096);
        assertThat(one.path("kv_cache_dtype").asText()).isEqualTo("f16");
    }

    @Test
    void tokenizesTextAndChatAndBack() throws Exception {
        JsonNode text = calls.post(
                        "/tokenize", "{\"model\":\"toy\",\"prompt\":\"Hello you\",\"return_token_strs\":true}")
                .json();
        int[] ids = edge.tokenizer.encode("Hello you", true);
        assertThat(ints(text.path("tokens"))).containsExactly(ids);
        assertThat(text.path("count").asInt()).isEqualTo(ids.length);
        assertThat(text.path("max_model_len").asInt()).isEqualTo(64);
        assertThat(text.path("token_strs")).hasSize(ids.length);
        JsonNode chat = calls.post(
                        "/tokenize", "{\"model\":\"toy\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}")
                .json();
        assertThat(ints(chat.path("tokens"))).containsExactly(edge.tokenizer.encode("<user>Hi<assistant>", false));
        JsonNode back = calls.post("/detokenize", "{\"model\":\"toy\",\"tokens\":" + text.path("tokens") + "}")
                .json();
        assertThat(back.path("prompt").asText()).isEqualTo(edge.tokenizer.decode(ids, false));
    }

    @Test
    void refusesToTokenizeNonsense() throws Exception {
        assertThat(calls.post("/tokenize", "{\"model\":\"toy\"}")
                        .error()
                        .path("param")
                        .asText())
                .isEqualTo("prompt");
        assertThat(calls.post("/detokenize", "{\"model\":\"toy\",\"tokens\":[-1]}")
                        .error()
                        .path("param")
                        .asText())
                .isEqualTo("tokens");
        assertThat(calls.post("/tokenize", "{\"model\":\"bare\",\"prompt\":\"x\"}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void tellsItsVersion() throws Exception {
        assertThat(calls.get("/version").json().path("version").asText()).isNotEmpty();
    }

    @Test
    void countsRequestsByRouteAndNotByPath() throws Exception {
        edge.engine.answering(edge.tokenizer.encode("one two", false));
        calls.post("/v1/completions", "{\"model\":\"toy\",\"prompt\":\"Hi\"}");
        calls.get("/v1/models/toy");
        calls.get("/made/up/path");
        String page = calls.get("/metrics").response().body();
        assertThat(page)
                .contains("foretoken_http_requests_total{route=\"/v1/completions\",method=\"POST\",status=\"200\",}")
                .contains("route=\"/v1/models/{id:.+}\"")
                .contains("route=\"unmatched\"")
                .contains("vllm:time_to_first_token_seconds_bucket{model_name=\"toy\"")
                .contains("vllm:e2e_request_latency_seconds_count{model_name=\"toy\"")
                .contains("vllm:request_success_total{model_name=\"toy\",finished_reason=\"length\",}")
                .contains("jvm_threads_current")
                .doesNotContain("made")
                .doesNotContain("_created");
    }

    @Test
    void speaksOpenMetricsWhenAsked() throws Exception {
        Calls.Reply plain = calls.get("/metrics");
        assertThat(plain.header("content-type")).startsWith("text/plain").contains("0.0.4");
        Calls.Reply open = calls.send(calls.request("/metrics")
                .header("accept", "application/openmetrics-text; version=1.0.0")
                .GET());
        assertThat(open.header("content-type")).startsWith("application/openmetrics-text");
        assertThat(open.response().body()).endsWith("# EOF\n");
    }

    private static int[] ints(JsonNode array) {
        return IntStream.range(0, array.size()).map(i -> array.get(i).asInt()).toArray();
    }
}

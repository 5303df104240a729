package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.request.Priority;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Routes for encoders, in front of a graph whose vectors tell what it was given. Inputs of the model have at most eight tokens. */
@QuarkusTest
class EncodersRouteTest {

    private static final String EMBEDDINGS = "/v1/embeddings";

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

    private JsonNode embed(String rest) throws Exception {
        Calls.Reply reply = calls.post(EMBEDDINGS, "{\"model\":\"encoder\"," + rest + "}");
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(200);
        return reply.json();
    }

    private JsonNode refused(String route, String rest) throws Exception {
        Calls.Reply reply = calls.post(route, "{\"model\":\"encoder\"," + rest + "}");
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(400);
        return reply.error();
    }

    @Test
    void aTextBecomesAVector() throws Exception {
        JsonNode body = embed("\"input\":\"red green\"");
        assertThat(body.path("object").asText()).isEqualTo("list");
        assertThat(body.path("model").asText()).isEqualTo("encoder");
        // [CLS] red green [SEP] = 2 4 5 3
        assertThat(body.at("/data/0/embedding").toString()).isEqualTo("[4.0,14.0,0.0]");
        assertThat(body.at("/data/0/object").asText()).isEqualTo("embedding");
        assertThat(body.path("usage").toString()).isEqualTo("{\"prompt_tokens\":4,\"total_tokens\":4}");
    }

    @Test
    void textsOfSeveralLengthsComeBackInTheirOrder() throws Exception {
        JsonNode body = embed("\"input\":[\"red green blue\",\"red\",\"sky\",\"the grass\",\"green\"]");
        assertThat(body.path("data").findValuesAsText("index")).containsExactly("0", "1", "2", "3", "4");
        List<String> sums = body.path("data").findValues("embedding").stream()
                .map(vector -> vector.get(1).asText())
                .toList();
        assertThat(sums).containsExactly("20.0", "9.0", "14.0", "26.0", "10.0");
        // No run has padding: texts of equal length share one.
        assertThat(edge.encoder.requests())
                .extracting(request -> request.inputs().getFirst().shape())
                .containsExactlyInAnyOrder(List.of(3L, 3L), List.of(1L, 4L), List.of(1L, 5L));
    }

    @Test
    void tokenIdsAreTakenAsTheyAre() throws Exception {
        assertThat(embed("\"input\":[7,8]").at("/data/0/embedding").toString()).isEqualTo("[2.0,15.0,0.0]");
        JsonNode both = embed("\"input\":[[7],[8,9]]");
        assertThat(both.at("/data/1/embedding/1").asDouble()).isEqualTo(17);
        assertThat(refused(EMBEDDINGS, "\"input\":[99]").path("message").asText())
                .contains("token id 99");
    }

    @Test
    void vectorsComeAsBase64WhenAskedFor() throws Exception {
        String text = embed("\"input\":\"red\",\"encoding_format\":\"base64\"")
                .at("/data/0/embedding")
                .asText();
        ByteBuffer floats = ByteBuffer.wrap(Base64.getDecoder().decode(text)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(floats.getFloat(0)).isEqualTo(3f);
        assertThat(floats.capacity()).isEqualTo(12);
    }

    @Test
    void dimensionsKeepTheFirstNumbers() throws Exception {
        assertThat(embed("\"input\":\"red\",\"dimensions\":2")
                        .at("/data/0/embedding")
                        .toString())
                .isEqualTo("[3.0,9.0]");
        assertThat(refused(EMBEDDINGS, "\"input\":\"red\",\"dimensions\":4")
                        .path("message")
                        .asText())
                .contains("the model's vectors have 3");
    }

    @Test
    void whatIsTooLongIsRefusedOrCut() throws Exception {
        String nine = "\"input\":\"a b c d e f a\"";
        JsonNode error = refused(EMBEDDINGS, nine);
        assertThat(error.path("code").asText()).isEqualTo("context_length_exceeded");
        assertThat(error.path("message").asText())
                .contains("9 tokens, at most 8")
                .contains("truncate_prompt_tokens");
        JsonNode cut = embed(nine + ",\"truncate_prompt_tokens\":-1");
        // a to f are 14 to 19, between 2 and 3.
        assertThat(cut.at("/data/0/embedding").toString()).isEqualTo("[8.0,104.0,0.0]");
        JsonNode shorter = embed(nine + ",\"truncate_prompt_tokens\":4");
        assertThat(shorter.at("/data/0/embedding").toString()).isEqualTo("[4.0,34.0,0.0]");
        assertThat(shorter.at("/usage/prompt_tokens").asInt()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "user":"u"                            | input is missing
            "input":""                            | input is an empty text
            "input":[]                            | input is an empty array
            "input":["a",1]                       | input[1] must be text or token ids
            "input":["a","a","a","a","a","a","a"] | has 7 entries, at most 6
            "input":"a","encoding_format":"int8"  | encoding_format must be float or base64
            "input":"a","dimensions":0            | dimensions=0
            "input":"a","truncate_prompt_tokens":0 | truncate_prompt_tokens must be -1
            """)
    void whatCannotBeAskedForIsNamed(String rest, String reason) throws Exception {
        assertThat(refused(EMBEDDINGS, rest).path("message").asText()).contains(reason);
    }

    @Test
    void documentsAreRankedBestFirst() throws Exception {
        Calls.Reply reply = calls.post(
                "/v1/rerank",
                "{\"model\":\"encoder\",\"query\":\"what is\",\"documents\":[\"red\",{\"text\":\"sea\"},\"blue\"],"
                        + "\"top_n\":2,\"return_documents\":true}");
        JsonNode results = reply.json().path("results");
        assertThat(results.findValuesAsText("index")).containsExactly("1", "2");
        assertThat(results.at("/0/document/text").asText()).isEqualTo("sea");
        // [CLS] what is [SEP] sea [SEP] = 2 7 8 3 13 3
        assertThat(results.at("/0/relevance_score").asDouble()).isCloseTo(0.36, within(1e-6));
        assertThat(reply.json().at("/usage/total_tokens").asInt()).isEqualTo(18);
        assertThat(reply.json().path("id").asText()).startsWith("rerank-");
    }

    @Test
    void theSecondTextOfAPairHasItsOwnTypeAndLosesItsEndFirst() throws Exception {
        String body =
                "{\"model\":\"encoder\",\"query\":\"what is\",\"documents\":[\"a b c d\"],\"truncate_prompt_tokens\":-1}";
        assertThat(calls.post("/v1/rerank", body).status()).isEqualTo(200);
        TensorRequest request = edge.encoder.requests().getLast();
        assertThat(request.inputs().get(0).shape()).containsExactly(1L, 8L);
        assertThat(longs(request, 0)).containsExactly(2, 7, 8, 3, 14, 15, 16, 3);
        assertThat(longs(request, 2)).containsExactly(0, 0, 0, 0, 1, 1, 1, 1);
        String query = body.replace("what is", "a b c d e f");
        Calls.Reply nothingLeft = calls.post("/v1/rerank", query);
        assertThat(nothingLeft.status()).isEqualTo(400);
        assertThat(nothingLeft.error().path("message").asText()).contains("nothing of the text would be left");
    }

    private static long[] longs(TensorRequest request, int input) {
        return request.inputs().get(input).data().toArray(java.lang.foreign.ValueLayout.JAVA_LONG);
    }

    @Test
    void pairsAreScoredInTheirOrder() throws Exception {
        Calls.Reply reply =
                calls.post("/v1/score", "{\"model\":\"encoder\",\"text_1\":\"what\",\"text_2\":[\"red\",\"sea\"]}");
        assertThat(reply.json().path("data").findValuesAsText("index")).containsExactly("0", "1");
        assertThat(reply.json().at("/data/1/score").asDouble())
                .isGreaterThan(reply.json().at("/data/0/score").asDouble());
        assertThat(refused("/v1/score", "\"text_1\":[\"a\",\"b\"],\"text_2\":[\"a\",\"b\",\"c\"]")
                        .path("message")
                        .asText())
                .contains("as many as text_2, which has 3");
    }

    @Test
    void textsGetTheNameAndProbabilitiesOfTheirClasses() throws Exception {
        JsonNode data = calls.post("/v1/classify", "{\"model\":\"encoder\",\"input\":[\"red\",\"a b c\"]}")
                .json()
                .path("data");
        assertThat(data.findValuesAsText("label")).containsExactly("short", "long");
        assertThat(data.at("/0/num_classes").asInt()).isEqualTo(2);
        assertThat(data.at("/1/probs/1").asDouble()).isCloseTo(1 / (1 + Math.exp(-1)), within(1e-6));
        assertThat(data.at("/1/probs/0").asDouble() + data.at("/1/probs/1").asDouble())
                .isCloseTo(1, within(1e-6));
    }

    @Test
    void priorityAndPatienceReachTheEngine() throws Exception {
        calls.send(calls.request(EMBEDDINGS)
                .header("content-type", "application/json")
                .header("x-request-timeout", "2.5")
                .header("x-request-id", "mine-1")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString(
                        "{\"model\":\"encoder\",\"input\":\"red\",\"priority\":\"batch\"}")));
        TensorRequest request = edge.encoder.requests().getLast();
        assertThat(request.service().priority()).isEqualTo(Priority.BATCH);
        assertThat(request.service().timeout().orElseThrow())
                .as("what is left of it")
                .isPositive()
                .isLessThan(Duration.ofMillis(2500));
        assertThat(request.identity().requestId()).isEqualTo("mine-1");
    }

    @Test
    void theHeaderSaysThePriorityWhereTheBodyDoesNot() throws Exception {
        for (String body : List.of("\"input\":\"red\"}", "\"input\":\"red\",\"priority\":\"low\"}")) {
            calls.send(calls.request(EMBEDDINGS)
                    .header("content-type", "application/json")
                    .header("x-foretoken-priority", "batch")
                    .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{\"model\":\"encoder\"," + body)));
        }
        assertThat(edge.encoder.requests())
                .extracting(request -> request.service().priority())
                .containsExactly(Priority.BATCH, Priority.LOW);
    }

    @Test
    void oneWhoseTimeIsOverIsNotRun() throws Exception {
        Calls.Reply reply = calls.send(calls.request(EMBEDDINGS)
                .header("content-type", "application/json")
                .header("x-request-timeout", "0.000000001")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{\"model\":\"encoder\",\"input\":\"red\"}")));
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(504);
        assertThat(edge.encoder.requests()).isEmpty();
    }

    @Test
    void aModelThatIsNotMadeForItSaysWhatItIsMadeFor() throws Exception {
        Calls.Reply graph = calls.post(EMBEDDINGS, "{\"model\":\"graph\",\"input\":\"red\"}");
        assertThat(graph.status()).isEqualTo(400);
        assertThat(graph.error().path("message").asText())
                .isEqualTo("model 'graph' does not embed texts (/v1/embeddings); it can take tensors (/v2/models)");
        assertThat(calls.post("/v1/rerank", "{\"model\":\"toy\",\"query\":\"a\",\"documents\":[\"b\"]}")
                        .error()
                        .path("code")
                        .asText())
                .isEqualTo("unsupported_feature");
    }

    @Test
    void whatWasEncodedIsCounted() throws Exception {
        embed("\"input\":[\"red\",\"green\"]");
        assertThat(calls.get("/metrics").response().body())
                .containsPattern("foretoken_encoded_texts_total\\{model_name=\"encoder\",task=\"embed\",?\\} [0-9.]+");
    }
}

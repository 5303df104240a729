package dev.foretoken.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.engine.SessionUse;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Open Inference Protocol over HTTP, in front of a graph that gives its inputs back. */
@QuarkusTest
class InferenceRouteTest {

    private static final String ROUTE = "/v2/models/graph/infer";
    private static final String JSON_LENGTH = "Inference-Header-Content-Length";

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

    private static String input(String type, String shape, String data) {
        return "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"%s\",\"shape\":%s,\"data\":%s}]}"
                .formatted(type, shape, data);
    }

    private String refusal(String body) throws Exception {
        Calls.Reply reply = calls.post(ROUTE, body);
        assertThat(reply.status()).isEqualTo(400);
        return reply.error().asText();
    }

    @Test
    void saysWhatServerAndModelAre() throws Exception {
        JsonNode server = calls.get("/v2").json();
        assertThat(server.path("name").asText()).isEqualTo("foretoken");
        assertThat(server.path("extensions").toString()).contains("binary_tensor_data");
        JsonNode model = calls.get("/v2/models/graph").json();
        assertThat(model.path("name").asText()).isEqualTo("graph");
        assertThat(model.path("versions").toString()).isEqualTo("[\"1\"]");
        assertThat(model.at("/inputs/0").toString())
                .isEqualTo("{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[-1,2]}");
        assertThat(model.at("/outputs/0/name").asText()).isEqualTo("x_out");
        assertThat(calls.get("/v2/models/graph/versions/1").status()).isEqualTo(200);
    }

    @Test
    void saysWhatIsReady() throws Exception {
        assertThat(calls.send(calls.anonymous("/v2/health/live").GET()).status())
                .isEqualTo(200);
        assertThat(calls.send(calls.anonymous("/v2/health/ready").GET())
                        .json()
                        .path("ready")
                        .asBoolean())
                .isTrue();
        JsonNode model = calls.get("/v2/models/graph/ready").json();
        assertThat(model.toString()).isEqualTo("{\"name\":\"graph\",\"ready\":true}");
        JsonNode index = calls.post("/v2/repository/index", "{\"ready\":true}").json();
        assertThat(index.findValuesAsText("name")).contains("graph", "toy");
        assertThat(index.findValuesAsText("state")).containsOnly("READY");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            BOOL   | [true,false]
            UINT8  | [0,255]
            UINT16 | [0,65535]
            UINT32 | [0,4294967295]
            UINT64 | [0,18446744073709551615]
            INT8   | [-128,127]
            INT16  | [-32768,32767]
            INT32  | [-2147483648,2147483647]
            INT64  | [-9223372036854775808,9223372036854775807]
            FP16   | [0.5,-65504.0]
            BF16   | [1.5,-3.0]
            FP32   | [0.1,3.4028235E38]
            FP64   | [0.1,1.7976931348623157E308]
            BYTES  | ["","caf\u00e9"]
            """)
    void everyElementTypeComesBackAsItWent(String type, String data) throws Exception {
        Calls.Reply reply = calls.post(ROUTE, input(type, "[2]", data));
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(200);
        JsonNode output = reply.json().at("/outputs/0");
        assertThat(output.path("name").asText()).isEqualTo("x_out");
        assertThat(output.path("datatype").asText()).isEqualTo(type);
        assertThat(output.path("shape").toString()).isEqualTo("[2]");
        assertThat(output.path("data").toString()).isEqualTo(data);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            UINT8 | [256]    | which UINT8 cannot hold
            UINT8 | [-1]     | which UINT8 cannot hold
            INT64 | [9223372036854775808] | which INT64 cannot hold
            FP16  | [65520]  | which FP16 cannot hold
            FP32  | [1e39]   | which FP32 cannot hold
            INT32 | [1.5]    | expected one of INT32
            INT32 | ["1"]    | expected one of INT32
            FP32  | [true]   | expected one of FP32
            BYTES | [1]      | expected one of BYTES
            FP32  | []       | has 0 elements, but its shape [1] has 1
            FP32  | [1,2]    | has more elements
            FP32  | [null]   | a list of elements, found null
            FP32  | 1        | must be an array
            FP99  | [1]      | must be one of [BOOL
            """)
    void whatATypeCannotHoldIsRefused(String type, String data, String reason) throws Exception {
        assertThat(refusal(input(type, "[1]", data))).contains(reason);
    }

    @Test
    void nestedListsAreTheSameTensorAndMustHaveItsShape() throws Exception {
        Calls.Reply reply = calls.post(ROUTE, input("INT32", "[2,3]", "[[1,2,3],[4,5,6]]"));
        assertThat(reply.json().at("/outputs/0/data").toString()).isEqualTo("[1,2,3,4,5,6]");
        assertThat(refusal(input("INT32", "[2,3]", "[[1,2],[3,4],[5,6]]")))
                .contains("a list of 3 at depth 0, but the shape is [2, 3]");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [-1]            | every dimension must be 0 or more
            [1,1,1,1,1,1]   | has 6 dimensions, at most 5
            ["2"]           | an integer of 64 bits
            {}              | an array of sizes is needed
            """)
    void shapesAreBounded(String shape, String reason) throws Exception {
        assertThat(refusal(input("FP32", shape, "[]"))).contains(reason);
    }

    @Test
    void tensorsTogetherAreBounded() throws Exception {
        for (String shape : List.of("[8193]", "[4294967296,4294967296]", "[3037000500,3037000500]")) {
            Calls.Reply reply = calls.post(ROUTE, input("FP32", shape, "[1]"));
            assertThat(reply.status()).isEqualTo(413);
            assertThat(reply.error().asText()).contains("input 'x'").contains("32768 bytes");
        }
        String five = "{\"inputs\":[%s]}"
                .formatted(String.join(
                        ",",
                        List.of("a", "b", "c", "d", "e").stream()
                                .map(name -> "{\"name\":\"%s\",\"datatype\":\"INT8\",\"shape\":[1],\"data\":[1]}"
                                        .formatted(name))
                                .toList()));
        assertThat(refusal(five)).contains("inputs has 5 entries, at most 4");
        assertThat(refusal("{\"inputs\":[]}")).contains("at least one tensor");
        String twice = input("INT8", "[1]", "[1]").replace("\"inputs\":[", "\"inputs\":[{\"name\":\"x\"},");
        assertThat(refusal(twice)).contains("inputs names 'x' twice");
    }

    @Test
    void theIdComesBackAndOutputsCanBeChosen() throws Exception {
        String two = "{\"id\":\"my-42\",\"inputs\":[{\"name\":\"a\",\"datatype\":\"INT8\",\"shape\":[1],\"data\":[1]},"
                + "{\"name\":\"b\",\"datatype\":\"INT8\",\"shape\":[1],\"data\":[2]}],\"outputs\":[{\"name\":\"b_out\"}]}";
        JsonNode body = calls.post(ROUTE, two).json();
        assertThat(body.path("id").asText()).isEqualTo("my-42");
        assertThat(body.path("model_name").asText()).isEqualTo("graph");
        assertThat(body.path("outputs").findValuesAsText("name")).containsExactly("b_out");
        assertThat(edge.graph.requests().getLast().outputs()).containsExactly("b_out");
    }

    @Test
    void theHeaderSaysThePriorityWhereTheParametersDoNot() throws Exception {
        String plain = input("INT8", "[1]", "[1]");
        for (String body :
                List.of(plain, plain.replace("{\"inputs\"", "{\"parameters\":{\"priority\":1},\"inputs\""))) {
            calls.send(calls.request(ROUTE)
                    .header("content-type", "application/json")
                    .header("x-foretoken-priority", "batch")
                    .POST(java.net.http.HttpRequest.BodyPublishers.ofString(body)));
        }
        assertThat(edge.graph.requests())
                .extracting(request -> request.service().priority())
                .containsExactly(Priority.BATCH, Priority.HIGH);
    }

    @Test
    void parametersReachTheEngine() throws Exception {
        String body = input("INT8", "[1]", "[1]")
                .replace(
                        "{\"inputs\"",
                        "{\"parameters\":{\"sequence_id\":7,\"sequence_start\":true,\"priority\":1,\"timeout\":2500,\"own\":\"x\"},\"inputs\"");
        assertThat(calls.post(ROUTE, body).status()).isEqualTo(200);
        TensorRequest request = edge.graph.requests().getLast();
        assertThat(request.session()).contains(new SessionUse(7, true, false));
        assertThat(request.service().priority()).isEqualTo(Priority.HIGH);
        assertThat(request.service().timeout()).contains(Duration.ofNanos(2_500_000));
        assertThat(request.identity().tenant()).isNotEmpty();
        assertThat(refusal(body.replace("\"sequence_id\":7,", ""))).contains("need a sequence_id");
        assertThat(refusal(body.replace(":7", ":1.5")))
                .contains("sequence_id must be an integer of at most 64 bits or a text of at most 128 characters");
        assertThat(refusal(body.replace("\"timeout\":2500", "\"timeout\":-1"))).contains("timeout=-1");
    }

    @Test
    void binaryTensorsFollowTheJsonInBothDirections() throws Exception {
        byte[] halves = {0, 0x3c, 0, 0x40};
        String json =
                "{\"inputs\":[{\"name\":\"h\",\"datatype\":\"FP16\",\"shape\":[2],\"parameters\":{\"binary_data_size\":4}},"
                        + "{\"name\":\"j\",\"datatype\":\"INT8\",\"shape\":[1],\"data\":[9]},"
                        + "{\"name\":\"s\",\"datatype\":\"BYTES\",\"shape\":[1],\"parameters\":{\"binary_data_size\":6}}],"
                        + "\"outputs\":[{\"name\":\"h_out\",\"parameters\":{\"binary_data\":true}},{\"name\":\"j_out\"},"
                        + "{\"name\":\"s_out\",\"parameters\":{\"binary_data\":true}}]}";
        byte[] text = {2, 0, 0, 0, (byte) 0xff, (byte) 0xfe};
        HttpResponse<byte[]> reply = binary(json, halves, text);
        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.headers().firstValue("content-type")).contains("application/octet-stream");
        int length = Integer.parseInt(reply.headers().firstValue(JSON_LENGTH).orElseThrow());
        JsonNode head = new ObjectMapper().readTree(Arrays.copyOf(reply.body(), length));
        assertThat(head.at("/outputs/0/parameters/binary_data_size").asInt()).isEqualTo(4);
        assertThat(head.at("/outputs/1/data/0").asInt()).isEqualTo(9);
        byte[] tail = Arrays.copyOfRange(reply.body(), length, reply.body().length);
        assertThat(tail).isEqualTo(new byte[] {0, 0x3c, 0, 0x40, 2, 0, 0, 0, (byte) 0xff, (byte) 0xfe});
    }

    @Test
    void allOutputsCanBeAskedForAsBytes() throws Exception {
        String json = input("FP32", "[1]", "[1]")
                .replace("{\"inputs\"", "{\"parameters\":{\"binary_data_output\":true},\"inputs\"");
        HttpResponse<byte[]> reply = binary(json);
        int length = Integer.parseInt(reply.headers().firstValue(JSON_LENGTH).orElseThrow());
        assertThat(ByteBuffer.wrap(reply.body(), length, 4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getFloat())
                .isEqualTo(1f);
    }

    @Test
    void bytesThatDoNotFitTheirTensorAreRefused() throws Exception {
        String json =
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"%s\",\"shape\":[2],\"parameters\":{\"binary_data_size\":%d}}]}";
        assertThat(error(binary(json.formatted("FP32", 7), new byte[7])))
                .contains("input 'x' is FP32 [2], which takes 2 values of 4 bytes, found 7 bytes");
        assertThat(error(binary(json.formatted("FP32", 8), new byte[5]))).contains("after 5 of 8 bytes");
        assertThat(error(binary(json.formatted("FP32", 8), new byte[9]))).contains("more bytes than");
        assertThat(error(binary(json.formatted("BYTES", 9), new byte[] {9, 0, 0, 0, 0, 0, 0, 0, 0})))
                .contains("takes 2 strings, each behind its length, found 9 bytes that end within one");
        assertThat(error(binary(json.formatted("BYTES", 9), new byte[9])))
                .contains("found 9 bytes that end within one");
        assertThat(error(binary(json.formatted("BYTES", 8), new byte[] {-1, -1, -1, -1, 0, 0, 0, 0})))
                .contains("found 8 bytes that end within one");
        assertThat(error(binary(json.formatted("FP32", -8), new byte[8]))).contains("how many bytes");
    }

    @Test
    void valuesThatJsonCannotWriteAreToBeAskedForAsBytes() throws Exception {
        edge.graph.computing(request ->
                List.of(new Tensor("y", ElementType.FP32, List.of(2L), MemorySegment.ofArray(new byte[] {
                    0, 0, 0, 0, 0, 0, (byte) 0xc0, 0x7f
                }))));
        assertThat(refusal(input("FP32", "[1]", "[1]")))
                .contains("output 'y' has NaN as element 1")
                .contains("binary_data");
    }

    @Test
    void inputsLieInNativeMemoryAlignedForTheEngine() throws Exception {
        calls.post(ROUTE, input("FP32", "[2]", "[1,2]"));
        Tensor tensor = edge.graph.requests().getLast().inputs().getFirst();
        assertThat(tensor.data().isNative()).isTrue();
        assertThat(tensor.data().maxByteAlignment()).isGreaterThanOrEqualTo(64);
        assertThat(tensor.data().getAtIndex(ValueLayout.JAVA_FLOAT, 1)).isEqualTo(2f);
    }

    @Test
    void everyErrorOfTheseRoutesIsAText() throws Exception {
        Calls.Reply anonymous = calls.send(calls.anonymous("/v2/models/graph").GET());
        assertThat(anonymous.status()).isEqualTo(401);
        assertThat(anonymous.error().isTextual()).isTrue();
        Calls.Reply unknown = calls.get("/v2/models/nothing");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.error().asText()).contains("'nothing' is not served");
        assertThat(calls.get("/v2/models/graph/versions/3").error().asText()).contains("versions: [1]");
        Calls.Reply route = calls.get("/v2/nothing");
        assertThat(route.status()).isEqualTo(404);
        assertThat(route.error().isTextual()).isTrue();
        assertThat(calls.get(ROUTE).status()).isEqualTo(405);
        assertThat(calls.post("/v2/models/graph", "{}").status()).isEqualTo(404);
    }

    @Test
    void aModelThatGeneratesTakesNoTensors() throws Exception {
        Calls.Reply reply = calls.post("/v2/models/toy/infer", input("FP32", "[1]", "[1]"));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error().asText())
                .contains("'toy' does not take tensors")
                .contains("/v1/chat/completions");
        Calls.Reply other = calls.post("/v1/completions", "{\"model\":\"graph\",\"prompt\":[1]}");
        assertThat(other.status()).isEqualTo(400);
        assertThat(other.error().path("message").asText())
                .contains("'graph' does not generate text")
                .contains("/v2/models");
    }

    @Test
    void aPageOfAnotherOriginCannotSendABodyWithoutItsType() throws Exception {
        HttpRequest.Builder request = calls.request(ROUTE)
                .header("origin", "http://elsewhere.example")
                .POST(HttpRequest.BodyPublishers.ofString(input("FP32", "[1]", "[1]")));
        assertThat(calls.send(request).status()).isEqualTo(415);
        HttpRequest.Builder own =
                calls.request(ROUTE).POST(HttpRequest.BodyPublishers.ofString(input("FP32", "[1]", "[1]")));
        assertThat(calls.send(own).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "identity"})
    void aBodyMayComePacked(String encoding) throws Exception {
        HttpRequest.Builder request = calls.request(ROUTE)
                .header("content-encoding", encoding)
                .POST(HttpRequest.BodyPublishers.ofByteArray(packed(encoding, text(input("INT32", "[2]", "[7,8]")))));
        Calls.Reply reply = calls.send(request);
        assertThat(reply.status()).as(reply.response().body()).isEqualTo(200);
        assertThat(reply.json().at("/outputs/0/data").toString()).isEqualTo("[7,8]");

        byte[] json = text(
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"UINT8\",\"shape\":[3],\"parameters\":{\"binary_data_size\":3}}]}");
        Calls.Reply bytes = calls.send(calls.request(ROUTE)
                .header("content-encoding", encoding)
                .header(JSON_LENGTH, Integer.toString(json.length))
                .POST(HttpRequest.BodyPublishers.ofByteArray(packed(encoding, json, new byte[] {1, 2, 3}))));
        assertThat(bytes.json().at("/outputs/0/data").toString()).isEqualTo("[1,2,3]");
    }

    @Test
    void whatAPackedBodyBecomesIsBoundedAsOneThatIsNot() throws Exception {
        byte[] blank = new byte[4 << 20];
        Arrays.fill(blank, (byte) ' ');
        byte[] bomb = packed("gzip", blank);
        assertThat(bomb.length)
                .isLessThan(Math.min(TestEdge.LIMITS.maxBodyBytes(), TestEdge.TENSORS.maxRequestBytes()));
        Calls.Reply json = calls.send(calls.request(ROUTE)
                .header("content-encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofByteArray(bomb)));
        assertThat(json.status()).isEqualTo(413);
        assertThat(json.error().asText()).contains("the body is larger than");

        byte[] head = text(
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"UINT8\",\"shape\":[3],\"parameters\":{\"binary_data_size\":3}}]}");
        Calls.Reply bytes = calls.send(calls.request(ROUTE)
                .header("content-encoding", "gzip")
                .header(JSON_LENGTH, Integer.toString(head.length))
                .POST(HttpRequest.BodyPublishers.ofByteArray(packed("gzip", head, blank))));
        assertThat(bytes.status()).isEqualTo(400);
        assertThat(bytes.error().asText()).contains("more bytes than its JSON and the binary tensors");
    }

    @Test
    void aBodyThatIsNotPackedAsItSaysIsRefused() throws Exception {
        byte[] gzip = packed("gzip", text(input("INT32", "[1]", "[7]")));
        byte[] damaged = gzip.clone();
        damaged[gzip.length - 5] ^= 1;
        assertThat(refused("gzip", text("no gzip"), 400)).contains("not what its content-encoding says");
        assertThat(refused("gzip", damaged, 400)).contains("not what its content-encoding says");
        assertThat(refused("gzip", Arrays.copyOf(gzip, gzip.length - 4), 400)).contains("ended before it was complete");
        assertThat(refused("deflate", gzip, 400)).contains("not what its content-encoding says");
        assertThat(refused("br", gzip, 415)).contains("gzip, deflate or identity");
    }

    private String refused(String encoding, byte[] body, int status) throws Exception {
        Calls.Reply reply = calls.send(calls.request(ROUTE)
                .header("content-encoding", encoding)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
        assertThat(reply.status()).isEqualTo(status);
        return reply.error().asText();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] packed(String encoding, byte[]... parts) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = switch (encoding) {
            case "gzip" -> new GZIPOutputStream(bytes);
            case "deflate" -> new DeflaterOutputStream(bytes);
            default -> bytes;
        }) {
            for (byte[] part : parts) {
                out.write(part);
            }
        }
        return bytes.toByteArray();
    }

    @Test
    void theHighestScoresComeInPlaceOfAnOutputThatIsToBeClassified() throws Exception {
        String body = input("FP32", "[2,3]", "[0.1,0.7,0.2,3,-1,3]");
        String asked = "{\"outputs\":[{\"name\":\"x_out\",\"parameters\":{\"classification\":%s}}],\"inputs\"";
        JsonNode output = calls.post(ROUTE, body.replace("{\"inputs\"", asked.formatted("2")))
                .json()
                .at("/outputs/0");
        assertThat(output.path("datatype").asText()).isEqualTo("BYTES");
        assertThat(output.path("shape").toString()).isEqualTo("[2,2]");
        assertThat(output.path("data").toString()).isEqualTo("[\"0.7:1\",\"0.2:2\",\"3.0:0\",\"3.0:2\"]");
        for (String wrong : List.of("0", "1001", "\"2\"", "1.5")) {
            assertThat(refusal(body.replace("{\"inputs\"", asked.formatted(wrong))))
                    .contains("classification=", "1 to 1000");
        }
        assertThat(refusal(input("BYTES", "[1]", "[\"a\"]").replace("{\"inputs\"", asked.formatted("2"))))
                .contains("'x_out' is BYTES");
    }

    @Test
    void aSequenceMayBeNamedByATextToo() throws Exception {
        String body = input("FP32", "[1]", "[1]");
        String asked = "{\"parameters\":{\"sequence_id\":\"%s\",\"sequence_start\":true},\"inputs\"";
        assertThat(calls.post(ROUTE, body.replace("{\"inputs\"", asked.formatted("caller-7")))
                        .status())
                .isEqualTo(200);
        assertThat(edge.graph.requests().getLast().session()).contains(new SessionUse("caller-7", true, false));
        assertThat(refusal(body.replace("{\"inputs\"", asked.formatted("")))).contains("need a sequence_id: a text");
        assertThat(refusal(body.replace("{\"inputs\"", asked.formatted("0")))).contains("need a sequence_id: a text");
        String none = body.replace("{\"inputs\"", "{\"parameters\":{\"sequence_id\":\"0\"},\"inputs\"");
        assertThat(calls.post(ROUTE, none).status()).isEqualTo(200);
        assertThat(edge.graph.requests().getLast().session()).isEmpty();
        assertThat(refusal(body.replace("{\"inputs\"", asked.formatted("x".repeat(129)))))
                .contains("sequence_id has 129 characters, at most 128");
    }

    private static String error(HttpResponse<byte[]> reply) throws Exception {
        assertThat(reply.statusCode()).isEqualTo(400);
        return new ObjectMapper().readTree(reply.body()).path("error").asText();
    }

    private HttpResponse<byte[]> binary(String json, byte[]... tensors) throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(json.getBytes(StandardCharsets.UTF_8));
        for (byte[] tensor : tensors) {
            body.writeBytes(tensor);
        }
        HttpRequest request = calls.request(ROUTE)
                .header("content-type", "application/octet-stream")
                .header(JSON_LENGTH, Integer.toString(json.getBytes(StandardCharsets.UTF_8).length))
                .timeout(Duration.ofMinutes(2))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
                .build();
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        }
    }
}

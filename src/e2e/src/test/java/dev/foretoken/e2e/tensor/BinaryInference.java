package dev.foretoken.e2e.tensor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.e2e.tensor.ZooGraph.GoldenTensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Inferences over REST whose tensors are bytes in both directions, written and read as the protocol's extension describes it. */
final class BinaryInference {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String JSON_LENGTH = "Inference-Header-Content-Length";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI server;

    BinaryInference(URI server) {
        this.server = server;
    }

    List<GoldenTensor> infer(String model, List<GoldenTensor> inputs, String... outputs)
            throws IOException, InterruptedException {
        return send(model, head(inputs, outputs), inputs);
    }

    /** One request of a stream. */
    List<GoldenTensor> infer(String model, StreamTurn turn, List<GoldenTensor> inputs)
            throws IOException, InterruptedException {
        ObjectNode head = head(inputs);
        ((ObjectNode) head.required("parameters"))
                .put("sequence_id", turn.id())
                .put("sequence_start", turn.first())
                .put("sequence_end", turn.last());
        return send(model, head, inputs);
    }

    private List<GoldenTensor> send(String model, ObjectNode parts, List<GoldenTensor> inputs)
            throws IOException, InterruptedException {
        byte[] head = JSON.writeValueAsBytes(parts);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(head);
        inputs.forEach(input -> body.writeBytes(input.bytes()));
        HttpRequest request = HttpRequest.newBuilder(server.resolve("/v2/models/" + model + "/infer"))
                .header(JSON_LENGTH, Integer.toString(head.length))
                .timeout(Duration.ofMinutes(2))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
                .build();
        HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (response.statusCode() != 200) {
            throw new AssertionError(response.statusCode() + ": " + new String(response.body()));
        }
        return tensors(
                response.body(),
                Integer.parseInt(response.headers().firstValue(JSON_LENGTH).orElseThrow()));
    }

    private static ObjectNode head(List<GoldenTensor> inputs, String... outputs) {
        ObjectNode head = JSON.createObjectNode();
        head.putObject("parameters").put("binary_data_output", true);
        for (GoldenTensor input : inputs) {
            ObjectNode tensor = head.withArray("inputs").addObject();
            tensor.put("name", input.name()).put("datatype", input.type());
            input.shape().forEach(tensor.withArray("shape")::add);
            tensor.putObject("parameters").put("binary_data_size", input.bytes().length);
        }
        for (String output : outputs) {
            head.withArray("outputs").addObject().put("name", output);
        }
        return head;
    }

    private static List<GoldenTensor> tensors(byte[] body, int headLength) throws IOException {
        List<GoldenTensor> out = new ArrayList<>();
        int at = headLength;
        for (JsonNode tensor : JSON.readTree(body, 0, headLength).required("outputs")) {
            List<Long> shape = new ArrayList<>();
            tensor.required("shape").forEach(size -> shape.add(size.asLong()));
            int end = at + tensor.at("/parameters/binary_data_size").asInt();
            out.add(new GoldenTensor(
                    tensor.required("name").asText(),
                    tensor.required("datatype").asText(),
                    shape,
                    Arrays.copyOfRange(body, at, end)));
            at = end;
        }
        return out;
    }
}

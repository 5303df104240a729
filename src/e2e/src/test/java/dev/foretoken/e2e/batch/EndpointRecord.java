package dev.foretoken.e2e.batch;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.http.Reply;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.wire.v1.BatchRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A request as a record and over HTTP: one of each endpoint, and two that are refused for what their headers say.
 *
 * @param headers beside those that all have
 */
record EndpointRecord(String id, String url, Map<String, Object> body, Map<String, String> headers, int status) {

    /** The span of whoever asks for {@link #CHAT}. */
    static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    static final String SPAN = "00f067aa0ba902b7";
    static final String TRACEPARENT = "traceparent";

    static final String EMBEDDINGS = "/v1/embeddings";
    static final String CHAT = "chat";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String INFER = "/v2/infer";
    private static final String TENANT = "foretoken-tenant";
    private static final String DEADLINE = "foretoken-deadline";
    private static final String CONTENT_TYPE = "content-type";
    private static final String PROTOBUF = "application/x-protobuf";

    /** Answers that are texts come of the first two alone. */
    static List<EndpointRecord> all() {
        String model = "model";
        Map<String, Object> text =
                Map.of(model, Models.LLAMA, "prompt", "The quick fox", "seed", 5, "temperature", 0.9, "max_tokens", 8);
        Map<String, Object> words = Map.of("role", "user", "content", "Who is there?");
        Map<String, Object> ids = Map.of("name", "input_ids", "datatype", "INT64", "shape", List.of(1, 4));
        Map<String, Object> mask = Map.of("name", "attention_mask", "datatype", "INT64", "shape", List.of(1, 4));
        return List.of(
                new EndpointRecord(
                        CHAT,
                        HttpApi.CHAT,
                        Map.of(model, Models.LLAMA, "messages", List.of(words), "seed", 6, "max_tokens", 8),
                        Map.of(DEADLINE, "2100-01-01T00:00:00Z", TRACEPARENT, "00-" + TRACE + "-" + SPAN + "-01"),
                        200),
                new EndpointRecord("completion", HttpApi.COMPLETIONS, text, Map.of(), 200),
                new EndpointRecord(
                        "embedding",
                        EMBEDDINGS,
                        Map.of(model, TopicServer.ENCODER, "input", List.of("green", "red green blue")),
                        Map.of(CONTENT_TYPE, PROTOBUF),
                        200),
                new EndpointRecord(
                        "tensors",
                        INFER,
                        Map.of(
                                model,
                                TopicServer.ENCODER,
                                "inputs",
                                List.of(with(ids, List.of(2, 4, 5, 3)), with(mask, List.of(1, 1, 1, 1)))),
                        Map.of(),
                        200),
                new EndpointRecord("late", HttpApi.COMPLETIONS, text, Map.of(DEADLINE, "2020-01-01T00:00:00Z"), 504),
                new EndpointRecord("stranger", HttpApi.COMPLETIONS, text, Map.of(TENANT, "nobody"), 403));
    }

    private static Map<String, Object> with(Map<String, Object> tensor, List<Integer> data) {
        Map<String, Object> all = new HashMap<>(tensor);
        all.put("data", data);
        return all;
    }

    /** Its answer goes to the topic of replies. */
    ProducerRecord<byte[], byte[]> record(TestTopics topics) {
        Map<String, String> all =
                new TreeMap<>(Map.of(TENANT, TopicServer.TENANT, "foretoken-reply-topic", topics.replies()));
        all.putAll(headers);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topics.requests(), id.getBytes(UTF_8), value());
        all.forEach((name, text) -> record.headers().add(name, text.getBytes(UTF_8)));
        return record;
    }

    private byte[] value() {
        try {
            if (PROTOBUF.equals(headers.get(CONTENT_TYPE))) {
                ByteString json = ByteString.copyFrom(JSON.writeValueAsBytes(body));
                return BatchRecord.newBuilder()
                        .setCustomId(id)
                        .setUrl(url)
                        .setBody(json)
                        .build()
                        .toByteArray();
            }
            return JSON.writeValueAsBytes(Map.of("custom_id", id, "method", "POST", "url", url, "body", body));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same request over HTTP, whose path has the model of tensors. */
    Reply overHttp(HttpApi api) {
        if (!url.equals(INFER)) {
            return api.post(url, body);
        }
        Map<String, Object> tensors = new HashMap<>(body);
        return api.post("/v2/models/" + tensors.remove("model") + "/infer", tensors);
    }

    /** What is in an answer whenever and wherever it is given: no ids and no times. */
    static List<JsonNode> lasting(JsonNode body) {
        return List.of(
                body.path("choices"),
                body.path("data"),
                body.path("outputs"),
                body.at("/usage/completion_tokens"),
                body.at("/error/code"),
                body.at("/error/message"));
    }
}

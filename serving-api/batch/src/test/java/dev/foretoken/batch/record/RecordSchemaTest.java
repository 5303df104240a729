package dev.foretoken.batch.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.contract.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The schemas that others write and read by say what the code does. */
class RecordSchemaTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonSchema REQUEST = schema("request-1.schema.json");
    private static final JsonSchema ANSWER = schema("answer-1.schema.json");

    private static JsonSchema schema(String name) {
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(tree(name));
    }

    private static JsonNode tree(String name) {
        try (InputStream file = RecordSchemaTest.class.getResourceAsStream(name)) {
            return JSON.readTree(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static boolean fits(JsonSchema schema, String value) throws IOException {
        return schema.validate(JSON.readTree(value)).isEmpty();
    }

    private static boolean isRead(String value) {
        return new RecordReader(RecordLimits.DEFAULT, ReplyTopics.NONE).read(Records.of(null, value))
                instanceof ReadRecord.Readable;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                Records.LINE,
                "{\"custom_id\":\"~ !\",\"v\":1,\"model\":\"m\",\"url\":\"/v2/infer\",\"body\":{\"model\":\"n\"}}",
                "{\"custom_id\":\"a\",\"v\":\"1\",\"url\":\"/v1/embeddings\",\"body\":{},\"later\":[]}",
            })
    void whatTheSchemaAllowsIsRead(String value) throws IOException {
        assertThat(fits(REQUEST, value)).isTrue();
        assertThat(isRead(value)).isTrue();
    }

    /** One thing wrong in each. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{\"custom_id\":\"a\",\"body\":{}}",
                "{\"custom_id\":\"a\",\"url\":\"/v1/completions\"}",
                "{\"custom_id\":\"\",\"url\":\"/v1/completions\",\"body\":{}}",
                "{\"custom_id\":\"é\",\"url\":\"/v1/completions\",\"body\":{}}",
                "{\"custom_id\":7,\"url\":\"/v1/completions\",\"body\":{}}",
                "{\"custom_id\":\"a\",\"url\":\"/v1/models\",\"body\":{}}",
                "{\"custom_id\":\"a\",\"url\":\"/v1/completions\",\"body\":[]}",
                "{\"custom_id\":\"a\",\"url\":\"/v1/completions\",\"body\":{},\"method\":\"GET\"}",
                "{\"custom_id\":\"a\",\"url\":\"/v1/completions\",\"body\":{},\"model\":1}",
                "{\"custom_id\":\"a\",\"url\":\"/v1/completions\",\"body\":{},\"v\":2}",
                "{\"custom_id\":\"a\",\"url\":\"/v1/completions\",\"body\":{},\"v\":\"one\"}",
            })
    void whatItRefusesIsPoison(String value) throws IOException {
        assertThat(fits(REQUEST, value)).isFalse();
        assertThat(isRead(value)).isFalse();
    }

    @Test
    void itNamesTheEndpointsThereAre() {
        assertThat(tree("request-1.schema.json").at("/properties/url/enum"))
                .extracting(JsonNode::textValue)
                .containsExactlyElementsOf(Arrays.stream(BatchEndpoint.values())
                        .map(BatchEndpoint::path)
                        .toList());
    }

    @Test
    void answersFitTheirSchema() throws IOException {
        BatchRequest request = new BatchRequest("a-1", BatchEndpoint.COMPLETIONS, new byte[0]);
        for (int status : new int[] {200, 404}) {
            BatchAnswer answer = new BatchAnswer(
                    status, "req-1", "{\"a\":1}".getBytes(UTF_8), Optional.of(ErrorCode.MODEL_NOT_FOUND));
            String value =
                    new String(AnswerRecord.of("answers", request, answer).value(), UTF_8);
            assertThat(fits(ANSWER, value)).isTrue();
            for (String field : new String[] {"id", "custom_id", "response", "error"}) {
                ObjectNode without = (ObjectNode) JSON.readTree(value);
                without.remove(field);
                assertThat(fits(ANSWER, without.toString())).as(field).isFalse();
            }
        }
    }
}

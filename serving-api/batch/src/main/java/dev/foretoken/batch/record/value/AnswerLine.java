package dev.foretoken.batch.record.value;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.foretoken.batch.BatchAnswer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * The line of an answer as OpenAI's files have it: {@code {"id","custom_id","response":{"status_code","request_id","body"},"error":null}}. What an
 * endpoint answers is in {@code response}, errors too; the body is in it as it is.
 */
public final class AnswerLine {

    private static final byte[] NOTHING = "null".getBytes(US_ASCII);

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private AnswerLine() {}

    /**
     * Of a request that was run: one line of UTF-8 without its end.
     *
     * @param id of the line, which nothing else has
     * @param customId of the request
     */
    public static byte[] of(String id, String customId, BatchAnswer answer) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(answer.body().length + 256);
        head(line, id, customId);
        ascii(line, "\"response\":{\"status_code\":" + answer.status() + ",\"request_id\":");
        text(line, answer.requestId());
        ascii(line, ",\"body\":");
        body(line, answer.body().length == 0 ? NOTHING : answer.body());
        ascii(line, "},\"error\":null}");
        return line.toByteArray();
    }

    /** Of a request that was not run. */
    public static byte[] unanswered(String id, String customId, String code, String message) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(256);
        head(line, id, customId);
        ascii(line, "\"response\":null,\"error\":{\"code\":");
        text(line, code);
        ascii(line, ",\"message\":");
        text(line, message);
        ascii(line, "}}");
        return line.toByteArray();
    }

    private static void head(ByteArrayOutputStream line, String id, String customId) {
        ascii(line, "{\"id\":");
        text(line, id);
        ascii(line, ",\"custom_id\":");
        text(line, customId);
        ascii(line, ",");
    }

    private static void ascii(ByteArrayOutputStream line, String text) {
        line.writeBytes(text.getBytes(US_ASCII));
    }

    private static void text(ByteArrayOutputStream line, String text) {
        line.write('"');
        line.writeBytes(JsonStringEncoder.getInstance().quoteAsUTF8(text));
        line.write('"');
    }

    /** Ends of lines can only be between two tokens, where a space means the same. */
    private static void body(ByteArrayOutputStream line, byte[] body) {
        int from = 0;
        for (int at = 0; at < body.length; at++) {
            if (body[at] == '\n' || body[at] == '\r') {
                line.write(body, from, at - from);
                line.write(' ');
                from = at + 1;
            }
        }
        line.write(body, from, body.length - from);
    }

    /**
     * What is in a line.
     *
     * @param body JSON as it is there; empty = none
     */
    public record Parts(int status, String requestId, byte[] body) {}

    /** @throws UnreadableValueException where the line is none of a request that was run */
    public static Parts read(byte[] line) throws UnreadableValueException {
        try (JsonParser json = JSON.createParser(line)) {
            Parts parts = null;
            require(json.nextToken() == JsonToken.START_OBJECT);
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                boolean isResponse = json.currentName().equals("response");
                if (json.nextToken() == JsonToken.START_OBJECT && isResponse) {
                    parts = response(json, line);
                } else {
                    json.skipChildren();
                }
            }
            if (parts == null) {
                throw new UnreadableValueException("the line has no response");
            }
            return parts;
        } catch (IOException e) {
            throw new UnreadableValueException("the line is not one object of JSON in UTF-8");
        }
    }

    private static Parts response(JsonParser json, byte[] line) throws IOException, UnreadableValueException {
        int status = 0;
        String requestId = "";
        byte[] body = {};
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            if (name.equals("status_code") && value == JsonToken.VALUE_NUMBER_INT) {
                status = json.getIntValue();
            } else if (name.equals("request_id") && value == JsonToken.VALUE_STRING) {
                requestId = json.getText();
            } else if (name.equals("body") && value == JsonToken.START_OBJECT) {
                body = object(json, line);
            } else {
                json.skipChildren();
            }
        }
        require(status != 0);
        return new Parts(status, requestId, body);
    }

    private static byte[] object(JsonParser json, byte[] line) throws IOException, UnreadableValueException {
        long from = json.currentTokenLocation().getByteOffset();
        json.skipChildren();
        long to = json.currentLocation().getByteOffset();
        require(from >= 0 && to <= line.length);
        return Arrays.copyOfRange(line, (int) from, (int) to);
    }

    private static void require(boolean isSo) throws UnreadableValueException {
        if (!isSo) {
            throw new UnreadableValueException("the line is no answer");
        }
    }
}

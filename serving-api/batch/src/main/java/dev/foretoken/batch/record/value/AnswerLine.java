package dev.foretoken.batch.record.value;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.foretoken.batch.BatchAnswer;
import java.io.ByteArrayOutputStream;

/**
 * The line of an answer as OpenAI's files have it: {@code {"id","custom_id","response":{"status_code","request_id","body"},"error":null}}. What an
 * endpoint answers is in {@code response}, errors too; the body is in it as it is.
 */
public final class AnswerLine {

    private static final byte[] NOTHING = "null".getBytes(US_ASCII);

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
}

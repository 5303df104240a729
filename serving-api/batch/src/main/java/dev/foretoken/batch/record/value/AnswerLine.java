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

    /** Of the answer itself. */
    private static final String ID_PREFIX = "batch_req_";

    private AnswerLine() {}

    /**
     * One line of UTF-8 without its end.
     *
     * @param id of the request
     */
    public static byte[] write(String id, BatchAnswer answer) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(answer.body().length + 256);
        ascii(line, "{\"id\":");
        text(line, ID_PREFIX + answer.requestId());
        ascii(line, ",\"custom_id\":");
        text(line, id);
        ascii(line, ",\"response\":{\"status_code\":" + answer.status() + ",\"request_id\":");
        text(line, answer.requestId());
        ascii(line, ",\"body\":");
        body(line, answer.body());
        ascii(line, "},\"error\":null}");
        return line.toByteArray();
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

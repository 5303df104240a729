package dev.foretoken.batch.job;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.foretoken.batch.BatchAnswer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** How an answer stands in a file: {@code {"id","custom_id","response":{"status_code","request_id","body"},"error":null}}. */
final class AnswerLine {

    private static final JsonStringEncoder ENCODER = JsonStringEncoder.getInstance();
    private static final byte[] NOTHING = "null".getBytes(StandardCharsets.US_ASCII);

    private AnswerLine() {}

    /** Whether it belongs among the errors. */
    static boolean isFailed(BatchAnswer answer) {
        return answer.status() < 200 || answer.status() > 299;
    }

    /**
     * Of a request that was run.
     *
     * @param id of the line, which nothing else has
     */
    static byte[] of(String id, String customId, BatchAnswer answer) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(answer.body().length + 256);
        put(
                out,
                head(id, customId) + "\"response\":{\"status_code\":" + answer.status() + ",\"request_id\":"
                        + quoted(answer.requestId()) + ",\"body\":");
        byte[] body = answer.body().length == 0 ? NOTHING : answer.body();
        for (byte each : body) {
            out.write(each == '\n' || each == '\r' ? ' ' : each);
        }
        put(out, "},\"error\":null}");
        return out.toByteArray();
    }

    /** Of a request that was not run. */
    static byte[] unanswered(String id, String customId, String code, String message) {
        String line = head(id, customId) + "\"response\":null,\"error\":{\"code\":" + quoted(code) + ",\"message\":"
                + quoted(message) + "}}";
        return line.getBytes(StandardCharsets.UTF_8);
    }

    private static String head(String id, String customId) {
        return "{\"id\":" + quoted(id) + ",\"custom_id\":" + quoted(customId) + ",";
    }

    private static String quoted(String text) {
        return "\"" + new String(ENCODER.quoteAsUTF8(text), StandardCharsets.UTF_8) + "\"";
    }

    private static void put(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}

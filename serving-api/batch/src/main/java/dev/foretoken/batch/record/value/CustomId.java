package dev.foretoken.batch.record.value;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** The field {@code custom_id} of a line, of a request or an answer. */
public final class CustomId {

    private static final String NAME = "custom_id";

    private CustomId() {}

    /** The line with another id and every other byte as it was; the line itself where it has no such field, or is no object of JSON. */
    public static byte[] replace(byte[] line, String id) {
        try (JsonParser parser = RequestLine.JSON.createParser(line)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return line;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = parser.currentName().equals(NAME);
                parser.nextToken();
                if (wanted) {
                    return spliced(parser, line, id);
                }
                parser.skipChildren();
            }
            return line;
        } catch (IOException e) {
            return line;
        }
    }

    private static byte[] spliced(JsonParser parser, byte[] line, String id) throws IOException {
        int from = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
        parser.finishToken();
        int to = Math.toIntExact(parser.currentLocation().getByteOffset());
        byte[] quoted = JsonStringEncoder.getInstance().quoteAsUTF8(id);
        ByteArrayOutputStream out = new ByteArrayOutputStream(line.length + quoted.length);
        out.write(line, 0, from);
        out.write('"');
        out.writeBytes(quoted);
        out.write('"');
        out.write(line, to, line.length - to);
        return out.toByteArray();
    }
}

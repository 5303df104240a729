package dev.foretoken.batch.flight;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.foretoken.batch.BatchEndpoint;
import java.io.IOException;
import java.util.Arrays;

/**
 * What the beginning of a body says of the prompt: its first bytes as they are written there, since what comes from one program is written alike.
 * Two heads are compared by these bytes.
 *
 * @param isJson whether the body is an object as far as it was read
 * @param model empty = not among what was read
 * @param body whole
 * @param from first byte of the prompt
 * @param to byte behind what is compared; {@code from} = no prompt was found
 */
record PromptHead(boolean isJson, String model, byte[] body, int from, int to) implements Comparable<PromptHead> {

    /** Bytes of a body that are read, and compared. */
    static final int READ_BYTES = 8192;

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    @Override
    public int compareTo(PromptHead other) {
        return Arrays.compareUnsigned(body, from, to, other.body, other.from, other.to);
    }

    static PromptHead read(BatchEndpoint endpoint, byte[] body) {
        int length = Math.min(body.length, READ_BYTES);
        Fields fields = new Fields(promptField(endpoint));
        boolean isJson;
        try (JsonParser parser = JSON.createParser(body, 0, length)) {
            isJson = fields.read(parser);
        } catch (IOException e) {
            // Where the rest was not read, it is expected to end within a value.
            isJson = length < body.length && fields.begun;
        }
        int from = fields.promptAt < 0 ? length : fields.promptAt;
        return new PromptHead(isJson, fields.model, body, from, length);
    }

    private static String promptField(BatchEndpoint endpoint) {
        return switch (endpoint) {
            case CHAT_COMPLETIONS -> "messages";
            case COMPLETIONS -> "prompt";
            case EMBEDDINGS -> "input";
            case INFER -> "inputs";
        };
    }

    /** What was found until the parser ended, in whatever way. */
    private static final class Fields {

        private final String prompt;
        private boolean begun;
        private String model = "";
        private int promptAt = -1;

        Fields(String prompt) {
            this.prompt = prompt;
        }

        boolean read(JsonParser parser) throws IOException {
            begun = parser.nextToken() == JsonToken.START_OBJECT;
            while (begun && parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals(prompt)) {
                    promptAt = Math.max(0, (int) parser.currentTokenLocation().getByteOffset());
                } else if (name.equals("model") && value == JsonToken.VALUE_STRING) {
                    model = parser.getText();
                }
                parser.skipChildren();
            }
            return begun;
        }
    }
}

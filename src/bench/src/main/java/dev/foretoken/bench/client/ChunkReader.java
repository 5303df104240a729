package dev.foretoken.bench.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the JSON of completion and chat-completion chunks. */
final class ChunkReader {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ChunkReader() {}

    static Chunk read(byte[] json) throws IOException {
        JsonNode root = JSON.readTree(json);
        StringBuilder text = new StringBuilder();
        int tokenIds = -1;
        String finishReason = null;
        for (JsonNode choice : root.path("choices")) {
            text.append(text(choice));
            if (choice.path("token_ids").isArray()) {
                tokenIds = Math.max(0, tokenIds) + choice.path("token_ids").size();
            }
            finishReason = choice.path("finish_reason").asText(finishReason);
        }
        int tokens = tokenIds >= 0 ? tokenIds : text.isEmpty() ? 0 : 1;
        return new Chunk(text.toString(), tokens, tokenIds >= 0, finishReason, usage(root.path("usage")), error(root));
    }

    private static String text(JsonNode choice) {
        JsonNode delta = choice.path("delta");
        return choice.path("text").asText("")
                + delta.path("reasoning_content").asText("")
                + delta.path("content").asText("");
    }

    static @Nullable Usage usage(JsonNode usage) {
        if (!usage.isObject()) {
            return null;
        }
        return new Usage(
                usage.path("prompt_tokens").asLong(),
                usage.path("completion_tokens").asLong(),
                usage.path("prompt_tokens_details").path("cached_tokens").asLong(),
                usage.path("prefill").path("predicted_tokens").asLong());
    }

    private static @Nullable String error(JsonNode root) {
        JsonNode error = root.path("error");
        if (error.isMissingNode() || error.isNull()) {
            return null;
        }
        return error.isTextual() ? error.asText() : error.path("message").asText(error.toString());
    }
}

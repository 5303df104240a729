package dev.foretoken.gateway.openai;

import dev.foretoken.gateway.json.JsonFields;

/**
 * How the answer is sent.
 *
 * @param stream as server-sent events
 * @param includeUsage ends a stream with a chunk that holds the usage
 * @param returnTokenIds adds token ids to each choice, and the prompt's
 * @param echo puts the prompt in front of each answer (completions only)
 */
public record ReplyOptions(boolean stream, boolean includeUsage, boolean returnTokenIds, boolean echo) {

    static ReplyOptions read(JsonFields body, boolean echo) {
        boolean stream = body.bool("stream", false);
        JsonFields options = body.object("stream_options").orElse(null);
        if (options != null && !stream) {
            throw body.invalid("stream_options", "is for streams; set stream to true or leave it out");
        }
        boolean includeUsage = options != null && options.bool("include_usage", false);
        return new ReplyOptions(stream, includeUsage, body.bool("return_token_ids", false), echo);
    }
}

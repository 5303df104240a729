package dev.foretoken.gateway.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.IntStream;

/** Finds the ids that end a sequence. */
final class EosTokens {
    private EosTokens() {}

    /**
     * The first of these that says anything: {@code eos_token_id} of generation_config.json, of config.json (also nested
     * under {@code text_config}), the tokenizer's {@code eos_token}. Empty where none does.
     */
    static int[] read(TokenizerFiles files, SpecialTokens special, Vocabulary vocabulary) {
        JsonNode config = files.object("config.json");
        for (JsonNode place : new JsonNode[] {
            files.object("generation_config.json").path("eos_token_id"),
            config.path("eos_token_id"),
            config.path("text_config").path("eos_token_id")
        }) {
            int[] ids = ids(place);
            if (ids.length > 0) {
                return ids;
            }
        }
        return special.eos().map(vocabulary::addedToken).stream()
                .flatMapToInt(id -> id.stream())
                .toArray();
    }

    private static int[] ids(JsonNode value) {
        if (value.isInt()) {
            return new int[] {value.asInt()};
        }
        return value.isArray()
                ? IntStream.range(0, value.size())
                        .map(i -> value.get(i).asInt())
                        .toArray()
                : new int[0];
    }
}

package dev.foretoken.gateway.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The named special tokens of a checkpoint: {@code bos_token}, {@code eos_token}, {@code pad_token} and so on.
 *
 * @param named content by role; chat templates see each as a variable of that name
 * @param additional contents of {@code additional_special_tokens}
 */
public record SpecialTokens(Map<String, String> named, List<String> additional) {
    private static final List<String> ROLES =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");

    public SpecialTokens {
        named = Map.copyOf(named);
        additional = List.copyOf(additional);
    }

    /** Reads tokenizer_config.json, and what it leaves out from the older special_tokens_map.json. */
    static SpecialTokens read(JsonNode config, JsonNode map) {
        Map<String, String> named = new LinkedHashMap<>();
        for (String role : ROLES) {
            content(config.path(role)).or(() -> content(map.path(role))).ifPresent(text -> named.put(role, text));
        }
        List<String> additional = new ArrayList<>();
        JsonNode list = config.path("additional_special_tokens");
        (list.isArray() ? list : map.path("additional_special_tokens"))
                .forEach(token -> content(token).ifPresent(additional::add));
        return new SpecialTokens(named, additional);
    }

    public Optional<String> bos() {
        return Optional.ofNullable(named.get("bos_token"));
    }

    public Optional<String> eos() {
        return Optional.ofNullable(named.get("eos_token"));
    }

    /** A token is written as its text or as an object with the text under {@code content}. */
    private static Optional<String> content(JsonNode token) {
        JsonNode text = token.isObject() ? token.path("content") : token;
        return text.isTextual() ? Optional.of(text.asText()) : Optional.empty();
    }
}

package dev.foretoken.gateway.template;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Variables of a test template, by name, as JSON data. */
record TemplateData(Map<String, Object> variables, String time) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static TemplateData of(JsonNode variables) {
        return new TemplateData(JSON.convertValue(variables, new TypeReference<>() {}), "2024-01-01T00:00:00");
    }

    static TemplateData of(Map<String, Object> variables) {
        return new TemplateData(variables, "2024-01-01T00:00:00");
    }

    TemplateData at(String time) {
        return new TemplateData(variables, time);
    }

    /** The named parts go where the gateway puts them, everything else is an argument of the caller. */
    ChatTemplateContext context() {
        Map<String, Object> rest = new LinkedHashMap<>(variables);
        Map<String, Object> special = new LinkedHashMap<>();
        for (String name : List.of("bos_token", "eos_token", "unk_token", "pad_token")) {
            if (rest.containsKey(name)) {
                special.put(name, rest.remove(name));
            }
        }
        return new ChatTemplateContext(
                JSON.convertValue(rest.getOrDefault("messages", List.of()), new TypeReference<>() {}),
                list(rest, "tools"),
                list(rest, "documents"),
                Boolean.TRUE.equals(rest.remove("add_generation_prompt")),
                special,
                without(rest, "messages"),
                LocalDateTime.parse(time).atZone(ZoneOffset.UTC));
    }

    private static @Nullable List<?> list(Map<String, Object> rest, String name) {
        return (List<?>) rest.remove(name);
    }

    private static Map<String, Object> without(Map<String, Object> rest, String name) {
        rest.remove(name);
        return rest;
    }
}

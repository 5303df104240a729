package dev.foretoken.app.command.models;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Builds that have a short name: a method with its parameters set. */
enum Preset {
    Q8("rtn", Map.of("bits", "8")),
    Q4("rtn", Map.of("bits", "4")),
    RTN_INT4("rtn", Map.of("bits", "4")),
    GPTQ_INT4("gptq", Map.of("bits", "4")),
    AWQ_INT4("awq", Map.of("bits", "4")),
    GGUF_Q8_0("gguf", Map.of("type", "q8_0")),
    GGUF_Q4_0("gguf", Map.of("type", "q4_0")),
    ;

    private final String method;
    private final Map<String, String> parameters;

    Preset(String method, Map<String, String> parameters) {
        this.method = method;
        this.parameters = parameters;
    }

    String method() {
        return method;
    }

    Map<String, String> parameters() {
        return parameters;
    }

    /** As people type it. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-').replace("-0", "_0");
    }

    static Optional<Preset> of(String text) {
        return Arrays.stream(values())
                .filter(preset -> preset.text().equals(text))
                .findFirst();
    }

    static List<String> names() {
        return Arrays.stream(values()).map(Preset::text).toList();
    }
}

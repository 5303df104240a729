package dev.foretoken.gateway.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.ForetokenException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The chat template sources of a checkpoint by name, unparsed.
 *
 * <p>Three places, later ones win: {@code chat_template} in tokenizer_config.json (one text, or a list of
 * {@code {name, template}}), the file chat_template.jinja, the files additional_chat_templates/NAME.jinja.
 *
 * @param byName the one template of most checkpoints is called {@code default}
 */
public record ChatTemplateSources(Map<String, String> byName) {
    private static final String DEFAULT = "default";
    private static final String WITH_TOOLS = "tool_use";
    private static final String SUFFIX = ".jinja";
    private static final String ADDITIONAL = "additional_chat_templates";

    public ChatTemplateSources {
        byName = Map.copyOf(byName);
    }

    static ChatTemplateSources read(TokenizerFiles files, JsonNode config) {
        Map<String, String> found = new LinkedHashMap<>();
        JsonNode field = config.path("chat_template");
        if (field.isTextual()) {
            found.put(DEFAULT, field.asText());
        }
        for (JsonNode named : field.isArray() ? field : List.<JsonNode>of()) {
            found.put(named.path("name").asText(DEFAULT), named.path("template").asText());
        }
        files.text("chat_template" + SUFFIX).ifPresent(text -> found.put(DEFAULT, text));
        for (String file : files.namesIn(ADDITIONAL)) {
            if (file.endsWith(SUFFIX)) {
                String name = file.substring(0, file.length() - SUFFIX.length());
                files.text(ADDITIONAL + "/" + file).ifPresent(text -> found.put(name, text));
            }
        }
        return new ChatTemplateSources(found);
    }

    /**
     * The template a chat request uses: {@code tool_use} where the request has tools and the checkpoint has such a
     * template, else {@code default}; empty where the checkpoint has none.
     *
     * @throws ForetokenException where there are named templates and none of them fits
     */
    public Optional<String> choose(boolean hasTools) {
        if (hasTools && byName.containsKey(WITH_TOOLS)) {
            return Optional.of(byName.get(WITH_TOOLS));
        }
        if (byName.isEmpty() || byName.containsKey(DEFAULT)) {
            return Optional.ofNullable(byName.get(DEFAULT));
        }
        throw CheckpointJson.invalid("The checkpoint names its chat templates " + new TreeMap<>(byName).keySet()
                + ", expected one called '" + DEFAULT + "'");
    }
}

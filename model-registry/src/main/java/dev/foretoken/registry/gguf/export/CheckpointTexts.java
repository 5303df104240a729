package dev.foretoken.registry.gguf.export;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The documents of a checkpoint that concern text; missing nodes and an empty template where there are none.
 *
 * @param template the chat template
 */
record CheckpointTexts(
        JsonNode tokenizer, JsonNode tokenizerConfig, JsonNode generation, JsonNode config, String template) {

    static CheckpointTexts read(Path folder) {
        JsonNode tokenizerConfig = CheckpointExport.json(folder.resolve("tokenizer_config.json"));
        return new CheckpointTexts(
                CheckpointExport.json(folder.resolve("tokenizer.json")),
                tokenizerConfig,
                CheckpointExport.json(folder.resolve("generation_config.json")),
                CheckpointExport.json(folder.resolve("config.json")),
                template(folder.resolve("chat_template.jinja"), tokenizerConfig.path("chat_template")));
    }

    private static String template(Path file, JsonNode template) {
        if (Files.exists(file)) {
            try {
                return Files.readString(file);
            } catch (IOException e) {
                throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, "chat_template.jinja cannot be read", e);
            }
        }
        for (JsonNode named : template) {
            if (named.path("name").asText().equals("default")) {
                return named.path("template").asText();
            }
        }
        return template.asText("");
    }
}

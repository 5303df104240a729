package dev.foretoken.gateway.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads the small text files of a checkpoint directory, bounded in size. */
record CheckpointJson(Path directory, TokenizerLimits limits) implements TokenizerFiles {
    /** Python writes infinity as a bare word. */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    @Override
    public Optional<String> text(String name) {
        Path file = directory.resolve(name);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            long bytes = Files.size(file);
            if (bytes > limits.maxFileBytes()) {
                throw invalid(name + " has " + bytes + " bytes, at most " + limits.maxFileBytes() + " are read");
            }
            return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT, name + " cannot be read, check its permissions and the disk", e);
        }
    }

    @Override
    public List<String> namesIn(String folder) {
        Path path = directory.resolve(folder);
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(path)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT, folder + " cannot be listed, check its permissions and the disk", e);
        }
    }

    static JsonNode parse(String name, String text) {
        try {
            JsonNode node = JSON.readTree(text);
            if (!node.isObject()) {
                throw invalid(name + " holds " + node.getNodeType() + ", expected a JSON object");
            }
            return node;
        } catch (JsonProcessingException e) {
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT, name + " is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    static ForetokenException invalid(String message) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, message);
    }
}

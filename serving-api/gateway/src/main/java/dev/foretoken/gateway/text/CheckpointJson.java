package dev.foretoken.gateway.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads the small text files of a checkpoint directory, bounded in size. */
record CheckpointJson(Path directory, TokenizerLimits limits) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The file's text, or empty if the checkpoint has no such file. */
    Optional<String> text(String name) {
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

    /** The file as an object; a missing file is a missing node. */
    JsonNode object(String name) {
        return text(name).map(text -> parse(name, text)).orElse(MissingNode.getInstance());
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

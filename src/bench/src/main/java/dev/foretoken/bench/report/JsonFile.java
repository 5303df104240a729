package dev.foretoken.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes and reads result records as indented JSON with snake_case names, the form described in {@code results/README.md}. */
public final class JsonFile {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .build();

    private JsonFile() {}

    public static void write(Path file, Record result) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.writeString(file, text(result));
    }

    public static String text(Record result) throws JsonProcessingException {
        return MAPPER.writeValueAsString(result) + "\n";
    }

    /**
     * Reads what {@link #write} wrote; members that came later are passed over.
     *
     * @throws IllegalArgumentException where the file is not of {@code schema}, or lacks a member
     */
    public static <T extends Record> T read(Path file, Class<T> type, String schema) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(file + ": there is no such file; expected one of " + schema);
        }
        try {
            JsonNode tree = MAPPER.readTree(Files.readAllBytes(file));
            String found = tree.path("schema").asText("no schema");
            if (!found.equals(schema)) {
                throw new IllegalArgumentException(file + ": found " + found + ", expected " + schema);
            }
            return MAPPER.treeToValue(tree, type);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    file + ": found " + e.getOriginalMessage() + "; expected a file of " + schema, e);
        }
    }
}

package dev.foretoken.onnxruntime.artifact;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON files of others' formats, bounded. */
final class ForeignJson {

    private static final long MAX_BYTES = 4 << 20;
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(32)
                            .maxNumberLength(64)
                            .maxStringLength(1 << 16)
                            .build())
                    .build())
            .build();

    private ForeignJson() {}

    /** @throws ForetokenException MODEL_FILE_CORRUPT */
    static JsonNode read(Path file) {
        try {
            JsonNode root = JSON.readTree(bytes(file));
            if (root == null || root.isMissingNode()) {
                throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, file.getFileName() + " is empty");
            }
            return root;
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, file.getFileName() + " is not valid JSON", e);
        }
    }

    static byte[] bytes(Path file) {
        try {
            long size = Files.size(file);
            if (size > MAX_BYTES) {
                throw new ForetokenException(
                        ErrorCode.MODEL_FILE_CORRUPT,
                        "%s has %d bytes, at most %d are read".formatted(file.getFileName(), size, MAX_BYTES));
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, file.getFileName() + " cannot be read", e);
        }
    }
}

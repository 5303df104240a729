package dev.foretoken.app.command.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * A text that builds read.
 *
 * @param texts one, or those of every line
 * @param separate whether every text stands for itself
 */
record CalibrationFile(List<String> texts, boolean separate) {

    private static final int MOST_BYTES = 256 << 20;
    private static final String PACKED = ".gz";
    private static final String LINES = ".jsonl";
    private static final ObjectMapper JSON = new ObjectMapper();

    CalibrationFile {
        texts = List.copyOf(texts);
    }

    /** @throws ForetokenException INVALID_REQUEST for what cannot be read or is too large */
    static CalibrationFile read(Path file) {
        String name = String.valueOf(file.getFileName());
        boolean packed = name.endsWith(PACKED);
        String text = text(file, packed);
        String plain = packed ? name.substring(0, name.length() - PACKED.length()) : name;
        return plain.endsWith(LINES)
                ? new CalibrationFile(
                        text.lines()
                                .filter(line -> !line.isBlank())
                                .map(line -> text(file, line))
                                .toList(),
                        true)
                : new CalibrationFile(List.of(text), false);
    }

    private static String text(Path file, boolean packed) {
        try (InputStream bytes = Files.newInputStream(file);
                InputStream read = packed ? new GZIPInputStream(bytes) : bytes) {
            byte[] all = read.readNBytes(MOST_BYTES + 1);
            if (all.length > MOST_BYTES) {
                throw refused(file, "is larger than %d bytes; a few megabytes are enough".formatted(MOST_BYTES));
            }
            return new String(all, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw Unreadable.of("--calibration", file, e);
        }
    }

    private static String text(Path file, String line) {
        try {
            JsonNode text = JSON.readTree(line).path("text");
            if (text.isTextual()) {
                return text.textValue();
            }
        } catch (JsonProcessingException e) {
            throw refused(file, "has a line that is not JSON; every line of *.jsonl must be an object with a \"text\"");
        }
        throw refused(file, "has a line without a \"text\"; every line of *.jsonl must be an object with one");
    }

    private static ForetokenException refused(Path file, String why) {
        return new ForetokenException(ErrorCode.INVALID_REQUEST, "--calibration=" + file + " " + why);
    }
}

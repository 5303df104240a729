package dev.foretoken.app.command.routes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.routing.RouteJsonReader;
import dev.foretoken.routing.decision.RouteDecision;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A file of {@code foretoken routes record}, read line by line: it may be larger than memory. */
final class RecordedFile {

    private static final int MOST_BYTES = 16 << 20;
    private static final int MOST_AMENDMENTS = 1 << 20;

    private final Path file;
    private final ObjectMapper json = new ObjectMapper();

    RecordedFile(Path file) {
        this.file = file;
    }

    private interface LineReader {
        /** @throws IllegalArgumentException that says what is wrong with the line */
        void read(JsonNode line);
    }

    /**
     * Each decision once, with what became of it in the end. Amendments stand below what they amend, so the file is read for them first.
     *
     * @throws ForetokenException CONFIG_INVALID that names the line, where one holds no decision
     */
    void each(Consumer<RouteDecision> action) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "cannot read " + file + ": it is read twice; expected a file, and no pipe");
        }
        Map<String, Amendment> amendments = amendments();
        eachLine(line -> {
            if (!Amendment.isOne(line)) {
                RouteDecision decision = RouteJsonReader.decision(line);
                Amendment amendment = amendments.get(decision.id());
                action.accept(amendment == null ? decision : amendment.applied(decision));
            }
        });
    }

    private Map<String, Amendment> amendments() {
        Map<String, Amendment> amendments = new HashMap<>();
        eachLine(line -> {
            if (Amendment.isOne(line)) {
                Amendment amendment = Amendment.read(line);
                amendments.put(amendment.id(), amendment);
                if (amendments.size() > MOST_AMENDMENTS) {
                    throw new IllegalArgumentException("it amends more than " + MOST_AMENDMENTS + " of them");
                }
            }
        });
        return amendments;
    }

    private void eachLine(LineReader reader) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            int number = 1;
            for (byte[] line = line(in, number); line != null; line = line(in, ++number)) {
                if (line.length > 0) {
                    read(line, number, reader);
                }
            }
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "cannot read " + file + " (" + e.getMessage() + ")", e);
        }
    }

    private void read(byte[] line, int number, LineReader reader) throws IOException {
        try {
            reader.read(json.readTree(line));
        } catch (JsonProcessingException e) {
            throw refused(number, "is no JSON object", e);
        } catch (IllegalArgumentException e) {
            throw refused(number, "holds no decision: " + e.getMessage(), e);
        }
    }

    /** Null at the end. */
    private byte @Nullable [] line(InputStream in, int number) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        int next = in.read();
        if (next < 0) {
            return null;
        }
        for (; next >= 0 && next != '\n'; next = in.read()) {
            if (line.size() == MOST_BYTES) {
                throw refused(number, "is longer than " + MOST_BYTES + " bytes", null);
            }
            line.write(next);
        }
        return line.toByteArray();
    }

    private ForetokenException refused(int number, String problem, @Nullable Exception cause) {
        return new ForetokenException(
                ErrorCode.CONFIG_INVALID,
                file + " line " + number + " " + problem + "; expected what 'foretoken routes record' writes",
                cause);
    }
}

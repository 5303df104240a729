package dev.foretoken.e2e.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Server-sent events of one answer. Closing it before the end closes the connection, as a client does that leaves. */
public final class EventStream implements AutoCloseable {

    private static final String DATA = "data:";
    private static final String END = "[DONE]";

    private final InputStream bytes;
    private final BufferedReader lines;
    private boolean done;

    EventStream(InputStream bytes) {
        this.bytes = bytes;
        this.lines = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8));
    }

    /** The next event's data; empty when the stream has ended, in which case {@link #isDone} says whether as it should. */
    public Optional<JsonNode> next() {
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(DATA)) {
                    return event(line.substring(DATA.length()).strip());
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<JsonNode> event(String data) throws IOException {
        if (data.equals(END)) {
            done = true;
            return Optional.empty();
        }
        return Optional.of(HttpApi.JSON.readTree(data));
    }

    /** Reads {@code count} events. */
    public List<JsonNode> take(int count) {
        List<JsonNode> out = new ArrayList<>();
        while (out.size() < count) {
            out.add(next().orElseThrow(() -> new AssertionError("ended after " + out.size() + " more events")));
        }
        return out;
    }

    /** Reads every event up to the end. */
    public List<JsonNode> rest() {
        List<JsonNode> out = new ArrayList<>();
        for (Optional<JsonNode> event = next(); event.isPresent(); event = next()) {
            out.add(event.get());
        }
        return out;
    }

    /** Whether the end mark was read. */
    public boolean isDone() {
        return done;
    }

    String text() {
        return lines.lines().collect(Collectors.joining("\n"));
    }

    @Override
    public void close() {
        try {
            bytes.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

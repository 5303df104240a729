package dev.foretoken.e2e.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The lines a process has written to one of its streams so far. Read by a platform thread of its own, so that the process never blocks: reading
 * a pipe holds a virtual thread's carrier, and as many readers as there are carriers stop all virtual threads.
 */
final class ServerOutput {

    private final List<String> lines = new ArrayList<>();
    private final Thread reader;

    ServerOutput(InputStream stream, Runnable onLine) {
        this.reader = Thread.ofPlatform().daemon().start(() -> readAll(stream, onLine));
    }

    private void readAll(InputStream stream, Runnable onLine) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                add(line);
                onLine.run();
            }
        } catch (IOException e) {
            add("(output ended: " + e.getMessage() + ")");
        }
    }

    private synchronized void add(String line) {
        lines.add(line);
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /** Waits until the stream has ended and everything in it was read. */
    void awaitEnd() throws InterruptedException {
        reader.join();
    }
}

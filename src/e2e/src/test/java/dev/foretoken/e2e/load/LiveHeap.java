package dev.foretoken.e2e.load;

import dev.foretoken.e2e.server.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Asks a JVM how many bytes its live objects take. */
final class LiveHeap {

    private LiveHeap() {}

    /** Collects garbage and counts what is left, exactly: the total of the class histogram. */
    static long bytes(ServerProcess server) {
        // Twice: cleaners and reference queues let go of their objects only after the first collection.
        jcmd(server, "GC.run");
        String histogram = jcmd(server, "GC.class_histogram");
        return histogram
                .lines()
                .filter(line -> line.startsWith("Total"))
                .map(line -> Long.parseLong(line.trim().split("\\s+")[2]))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no total in: " + histogram));
    }

    private static String jcmd(ServerProcess server, String command) {
        try {
            Process jcmd = new ProcessBuilder(
                            System.getProperty("java.home") + "/bin/jcmd", Long.toString(server.pid()), command)
                    .redirectErrorStream(true)
                    .start();
            String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (jcmd.waitFor() != 0) {
                throw new AssertionError("jcmd " + command + " failed: " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted: jcmd " + command, e);
        }
    }
}

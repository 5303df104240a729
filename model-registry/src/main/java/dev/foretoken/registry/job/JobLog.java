package dev.foretoken.registry.job;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.temporal.ChronoUnit;

/**
 * One job's log: a time and a line, up to a number of bytes; then only {@link #important} lines are written. A log that cannot be written
 * stops no job. For any thread.
 */
final class JobLog {
    private static final int LONGEST_LINE = 2000;

    private final Path file;
    private final long mostBytes;
    private final Clock clock;
    private boolean full;

    JobLog(Path file, long mostBytes, Clock clock) {
        this.file = file;
        this.mostBytes = mostBytes;
        this.clock = clock;
    }

    synchronized void line(String text) {
        if (full) {
            return;
        }
        full = size() + LONGEST_LINE > mostBytes;
        write(full ? "the log is full: later lines are left out" : text);
    }

    /** How the job began and ended: also written when the log is full. */
    synchronized void important(String text) {
        write(text);
    }

    private void write(String text) {
        String clean = text.replaceAll("[\\p{Cntrl}]", " ");
        String cut = clean.length() > LONGEST_LINE ? clean.substring(0, LONGEST_LINE) + "..." : clean;
        String line = clock.instant().truncatedTo(ChronoUnit.MILLIS) + " " + cut + "\n";
        try {
            Files.writeString(file, line, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            full = true;
        }
    }

    private long size() {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            return 0;
        }
    }
}

package dev.foretoken.registry.job;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The folder of one job: {@code log}, {@code scratch} that outlives a crash, {@code output} that does not, and {@code lock}. */
record JobFolder(Path path) {

    Path log() {
        return path.resolve("log");
    }

    Path scratch() {
        return path.resolve("scratch");
    }

    Path output() {
        return path.resolve("output");
    }

    /**
     * Makes the folders for an attempt: scratch as the one before left it, output empty. Empty when another process of this machine is still
     * in here, although its lease has ended: it may be asleep, and two must never write the same files.
     */
    Optional<Held> enter() {
        try {
            Files.createDirectories(scratch());
            FileChannel channel =
                    FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = tryLock(channel);
            if (lock == null) {
                channel.close();
                return Optional.empty();
            }
            empty(output());
            Files.createDirectories(output());
            return Optional.of(new Held(channel));
        } catch (IOException e) {
            throw failed("the job's folder cannot be made", e);
        }
    }

    /** Everything but the log, which stays readable. */
    void sweep() {
        try {
            empty(scratch());
            empty(output());
        } catch (IOException e) {
            throw failed("the job's folder cannot be emptied", e);
        }
    }

    /** The log as well. */
    void remove() {
        try {
            empty(path);
        } catch (IOException e) {
            throw failed("the job's folder cannot be removed", e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static void empty(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        List<Path> deepestFirst;
        try (Stream<Path> paths = Files.walk(folder)) {
            deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : deepestFirst) {
            Files.deleteIfExists(path);
        }
    }

    private static ForetokenException failed(String what, IOException e) {
        return new ForetokenException(
                ErrorCode.INTERNAL_ERROR, what + ": look whether the registry's disk is full or read-only", e);
    }

    /** The folder is this process's until it is closed, or the process ends. */
    record Held(FileChannel channel) implements AutoCloseable {
        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw failed("the job's folder cannot be left", e);
            }
        }
    }
}

package dev.foretoken.e2e.chaos;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A file system of {@value #MEGABYTES} MB of memory, which a test can fill to the last byte. */
final class SmallDisk implements AutoCloseable {

    private static final int MEGABYTES = 64;
    private static final int CHUNK = 4096;

    private final Path folder;
    private final Path ballast;

    private SmallDisk(Path folder) {
        this.folder = folder;
        this.ballast = folder.resolve("ballast");
    }

    /** Empty where this user may not mount. */
    static Optional<SmallDisk> mount(Path folder) {
        List<String> command =
                List.of("mount", "-t", "tmpfs", "-o", "size=" + MEGABYTES + "m", "tmpfs", folder.toString());
        return ends(command) ? Optional.of(new SmallDisk(folder)) : Optional.empty();
    }

    private static boolean ends(List<String> command) {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            return false; // There is no such command.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted: " + command, e);
        }
    }

    Path folder() {
        return folder;
    }

    /** Writes until nothing more can be written. */
    void fill() {
        byte[] chunk = new byte[CHUNK];
        Arrays.fill(chunk, (byte) 1);
        try (OutputStream out = Files.newOutputStream(ballast)) {
            for (int i = 0; i <= (MEGABYTES << 20) / CHUNK; i++) {
                out.write(chunk);
            }
        } catch (IOException full) {
            return;
        }
        throw new AssertionError(folder + " takes more than " + MEGABYTES + " MB");
    }

    void free() {
        try {
            Files.deleteIfExists(ballast);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (!ends(List.of("umount", folder.toString()))) {
            throw new AssertionError(folder + " cannot be unmounted");
        }
    }
}

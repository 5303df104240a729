package dev.foretoken.bench.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder for files that only one run needs. Closing deletes it. */
public record WorkFolder(Path path) implements AutoCloseable {

    private static final String PREFIX = "foretoken-bench-";

    /** Among the system's temporary files. */
    public static WorkFolder make() throws IOException {
        return new WorkFolder(Files.createTempDirectory(PREFIX));
    }

    /** @param parent made where it is missing, and left */
    public static WorkFolder in(Path parent) throws IOException {
        return new WorkFolder(Files.createTempDirectory(Files.createDirectories(parent), PREFIX));
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> all = Files.walk(path)) {
            List<Path> deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
            for (Path one : deepestFirst) {
                Files.delete(one);
            }
        }
    }
}

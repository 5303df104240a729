package dev.foretoken.bench.prediction;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder for files that only one run needs. Closing deletes it. */
record WorkFolder(Path path) implements AutoCloseable {

    static WorkFolder make() throws IOException {
        return new WorkFolder(Files.createTempDirectory("foretoken-bench-"));
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

package dev.foretoken.bench.batch;

import dev.foretoken.batch.kafka.KafkaBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The broker of a measurement: one of its own, started with it and gone with it. */
final class BrokerOptions {

    @Option(
            names = "--broker-jars",
            paramLabel = "FOLDER",
            defaultValue = "${sys:foretoken.home:-.}/serving-api/batch/target/kafka-broker",
            description = "Jars of the broker (default: those that the build of this checkout copied).")
    private Path jars = Path.of("");

    @Option(
            names = "--broker-heap",
            paramLabel = "SIZE",
            defaultValue = "1g",
            description = "Heap of the broker (default: ${DEFAULT-VALUE}).")
    private String heap = "1g";

    @Option(
            names = "--folder",
            paramLabel = "FOLDER",
            description =
                    "Where the broker keeps its data, in a folder of its own that is removed at the end (default: that of temporary files).")
    private @Nullable Path folder;

    /** A broker and its folder. */
    record Running(KafkaBroker broker, Path folder) implements AutoCloseable {
        /** For those of a worker, gone with the rest. */
        Path notes() {
            return folder.resolve("notes");
        }

        @Override
        public void close() {
            broker.close();
            remove(folder);
        }
    }

    Running start() throws IOException {
        Path own = folder == null
                ? Files.createTempDirectory("bench-kafka")
                : Files.createTempDirectory(Files.createDirectories(folder), "bench-kafka");
        try {
            KafkaBroker broker = KafkaBroker.start(jars, own, Map.of(), List.of("-Xmx" + heap, "-XX:+UseSerialGC"));
            return new Running(broker, own);
        } catch (Exception e) {
            remove(own);
            throw new IOException("the broker did not start: " + e.getMessage(), e);
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the broker's folder " + folder + " is left", e);
        }
    }
}

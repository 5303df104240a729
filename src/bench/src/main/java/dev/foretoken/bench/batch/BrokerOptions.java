package dev.foretoken.bench.batch;

import dev.foretoken.batch.kafka.KafkaBroker;
import dev.foretoken.bench.process.WorkFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
    record Running(KafkaBroker broker, WorkFolder folder) implements AutoCloseable {

        /** Makes the topics of a measurement; a worker's notes are gone with the broker. */
        Topics topics(int partitions) throws IOException, InterruptedException {
            Topics topics = Topics.of(
                    broker.address(), "bench", partitions, folder.path().resolve("notes"));
            topics.create();
            return topics;
        }

        @Override
        public void close() throws IOException {
            broker.close();
            folder.close();
        }
    }

    Running start() throws IOException {
        WorkFolder own = folder == null ? WorkFolder.make() : WorkFolder.in(folder);
        try {
            List<String> flags = List.of("-Xmx" + heap, "-XX:+UseSerialGC");
            return new Running(KafkaBroker.start(jars, own.path(), Map.of(), flags), own);
        } catch (Exception e) {
            own.close();
            throw new IOException("the broker did not start: " + e.getMessage(), e);
        }
    }
}

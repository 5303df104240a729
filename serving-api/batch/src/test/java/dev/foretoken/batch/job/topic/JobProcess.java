package dev.foretoken.batch.job.topic;

import dev.foretoken.batch.client.Connection;
import dev.foretoken.batch.job.JobLimits;
import dev.foretoken.batch.job.JobMetrics;
import dev.foretoken.batch.job.JobRunner;
import dev.foretoken.batch.kafka.BatchTopics;
import dev.foretoken.batch.store.BatchStore;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A process that runs jobs of a store over topics, and no request itself, until it is killed. */
final class JobProcess implements AutoCloseable {

    private final Process process;

    private JobProcess(Process process) {
        this.process = process;
    }

    static JobProcess start(String brokers, BatchTopics topics, Path folder, String database) throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return new JobProcess(new ProcessBuilder(List.of(
                        java.toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        JobProcess.class.getName(),
                        brokers,
                        topics.requests(),
                        topics.answers(),
                        folder.toString(),
                        database))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("process.log").toFile()))
                .start());
    }

    /** Ends it as {@code kill -9} does. */
    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }

    static String newId() {
        return UUID.randomUUID().toString().replace("-", "");
    }

    /** @param arguments addresses of the brokers, topics of requests and answers, folder, database; runs until it is killed */
    public static void main(String... arguments) throws Exception {
        BatchTopics topics = BatchTopics.named(arguments[1], arguments[2]);
        BatchStore store = BatchStore.open(Path.of(arguments[3]), arguments[4], JobProcess::newId);
        try (TopicTransport transport = TopicTransport.start(new Connection(arguments[0], Map.of()), topics);
                JobRunner runner = JobRunner.start(
                        store,
                        JobLimits.DEFAULT,
                        transport,
                        InstantSource.system(),
                        System::nanoTime,
                        JobMetrics.NONE,
                        newId())) {
            runner.wake();
            while (System.in.read() >= 0) {
                runner.wake();
            }
        }
    }
}

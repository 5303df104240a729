package dev.foretoken.batch.kafka;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchCancel;
import dev.foretoken.batch.BatchRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A worker in a process of its own, which can be killed. */
final class WorkerProcess implements AutoCloseable {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final String END_OF_STACKS = "JNI global refs";

    private final Process process;
    private final Path output;

    private WorkerProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    static WorkerProcess start(TestTopic topic, String instance, int partitions) throws Exception {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path output = Files.createTempFile("worker", ".log");
        output.toFile().deleteOnExit();
        Process process = new ProcessBuilder(List.of(
                        java.toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WorkerProcess.class.getName(),
                        topic.brokers(),
                        topic.name(),
                        instance,
                        Integer.toString(partitions)))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        return new WorkerProcess(process, output);
    }

    /** As {@code kill -9}. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** Stops it where it is, as a machine that is suspended. */
    void freeze() throws Exception {
        signal("STOP");
    }

    void thaw() throws Exception {
        signal("CONT");
    }

    /** What it wrote, with where its threads are now. */
    String words() throws Exception {
        if (process.isAlive()) {
            signal("QUIT");
        }
        long end = System.nanoTime() + PATIENCE_NANOS;
        String words = Files.readString(output);
        while (process.isAlive() && !words.contains(END_OF_STACKS) && System.nanoTime() < end) {
            process.waitFor(50, TimeUnit.MILLISECONDS);
            words = Files.readString(output);
        }
        return "\n" + words;
    }

    private void signal(String name) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        if (!kill.waitFor(2, TimeUnit.MINUTES) || kill.exitValue() != 0) {
            throw new IllegalStateException("kill -" + name + " failed");
        }
    }

    @Override
    public void close() {
        kill();
    }

    /** So few at a time that there is always something to do when it is killed, and a request or two that took long. */
    private static final int MOST = 32;

    /** Takes up to some hundredths of a second for each request, and much longer for one in 25. */
    private static final class VaryingExecutor extends EchoExecutor {
        @Override
        public BatchAnswer run(BatchRequest request, BatchCancel cancel) throws InterruptedException {
            int chance = request.id().hashCode() >>> 4;
            Thread.sleep(chance % 25 == 0 ? 2000 : 5 + chance % 40);
            return super.run(request, cancel);
        }
    }

    /** @param arguments addresses of the brokers, name of the topic, instance, partitions; runs until it is killed */
    public static void main(String... arguments) throws Exception {
        TestTopic topic = TestTopic.of(arguments[0], arguments[1], Integer.parseInt(arguments[3]));
        WorkerParts parts = TestTopic.parts(new VaryingExecutor(), BatchMetrics.NONE, MOST);
        try (BatchWorker worker = new BatchWorker(topic.config(arguments[2]), parts)) {
            worker.start();
            while (worker.state().phase() != WorkerState.Phase.CLOSED) {
                if (System.in.read() < 0) {
                    return;
                }
            }
        }
    }
}

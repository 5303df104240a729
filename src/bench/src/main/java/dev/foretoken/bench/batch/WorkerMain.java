package dev.foretoken.bench.batch;

import dev.foretoken.batch.kafka.BatchMetrics;
import dev.foretoken.batch.kafka.BatchWorker;
import dev.foretoken.batch.kafka.WorkerParts;
import dev.foretoken.batch.record.ReplyTopics;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The process of a worker that is measured: works until its standard input ends, and says how it is and, where it is asked, what it holds. */
final class WorkerMain {

    static final String READY = "ready";

    /** How the answer to any line begins; bytes of the heap without garbage follow. */
    static final String LIVE = "live ";

    private static final Duration EVERY = Duration.ofMillis(250);

    private WorkerMain() {}

    /** What the worker has told last. */
    private static final class Told implements BatchMetrics {
        private volatile long answered;
        private volatile int inFlight;
        private volatile int limit;
        private volatile long ids;
        private volatile long idBytes;

        @Override
        @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread adds
        public void committed(int answers, Duration took) {
            answered += answers;
        }

        @Override
        public void inFlight(int requests, int most) {
            inFlight = requests;
            limit = most;
        }

        @Override
        public void remembered(long known, long bytes) {
            ids = known;
            idBytes = bytes;
        }

        WorkerState state() {
            return new WorkerState(answered, inFlight, limit, heap(), ids, idBytes);
        }
    }

    private static long heap() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** What it holds without garbage. */
    private static String live() {
        System.gc();
        return LIVE + heap();
    }

    /** @param arguments addresses of the brokers, partitions, characters of an answer, folder of notes */
    public static void main(String... arguments) throws IOException {
        Topics topics = Topics.of(arguments[0], "bench", Integer.parseInt(arguments[1]), Path.of(arguments[3]));
        Told told = new Told();
        WorkerParts parts = WorkerParts.of(
                new InstantExecutor(Integer.parseInt(arguments[2])), ReplyTopics.NONE, told, InstantSource.system());
        try (BatchWorker worker = new BatchWorker(topics.config(), parts);
                ScheduledExecutorService saying = Executors.newSingleThreadScheduledExecutor()) {
            System.out.println(READY);
            worker.start();
            saying.scheduleAtFixedRate(
                    () -> System.out.println(told.state().line()),
                    EVERY.toMillis(),
                    EVERY.toMillis(),
                    TimeUnit.MILLISECONDS);
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            while (in.readLine() != null) { // the one that started this process holds it open
                System.out.println(live());
            }
            saying.shutdownNow();
        }
    }
}

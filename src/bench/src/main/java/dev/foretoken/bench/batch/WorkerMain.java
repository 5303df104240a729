package dev.foretoken.bench.batch;

import dev.foretoken.batch.kafka.BatchMetrics;
import dev.foretoken.batch.kafka.BatchWorker;
import dev.foretoken.batch.kafka.WorkerParts;
import dev.foretoken.batch.record.ReplyTopics;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The process of a worker that is measured: works until its standard input ends, and says how it is. */
final class WorkerMain {

    static final String READY = "ready";

    private static final Duration EVERY = Duration.ofMillis(250);

    private WorkerMain() {}

    /** What the worker has told last. */
    private static final class Told implements BatchMetrics {
        private volatile long answered;
        private volatile int inFlight;
        private volatile int limit;

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

        WorkerState state() {
            long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            return new WorkerState(answered, inFlight, limit, heap, live());
        }

        private static long live() {
            return ManagementFactory.getMemoryPoolMXBeans().stream()
                    .filter(pool -> pool.getType() == MemoryType.HEAP)
                    .map(MemoryPoolMXBean::getCollectionUsage)
                    .filter(usage -> usage != null)
                    .mapToLong(MemoryUsage::getUsed)
                    .sum();
        }
    }

    /** @param arguments addresses of the brokers, partitions, characters of an answer */
    public static void main(String... arguments) throws IOException {
        Topics topics = Topics.of(arguments[0], "bench", Integer.parseInt(arguments[1]));
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
            while (System.in.read() >= 0) {
                // The one that started this process holds it open.
            }
            saying.shutdownNow();
        }
    }
}

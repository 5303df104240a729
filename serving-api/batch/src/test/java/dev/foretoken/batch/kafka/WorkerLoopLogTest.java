package dev.foretoken.batch.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** What the log says of a worker in trouble. */
class WorkerLoopLogTest {

    /** Of a turn that returns, though no broker answers. */
    private static final RuntimeException SILENCE = new IllegalStateException("silence");

    @Test
    void anOutageIsToldOnceAndItsEndTooThoughSessionsFailOneAfterTheOther() throws Exception {
        assertThat(told(
                        new TimeoutException("Timeout expired after 60000ms"),
                        new KafkaException("no session", new TimeoutException("timed out at 1700000030123")),
                        new DisconnectException("no node"),
                        new IllegalStateException("broken")))
                .containsExactly(
                        "the batch worker begins anew: Timeout expired after 60000ms",
                        "the batch worker begins anew: broken",
                        "the batch worker goes on");
    }

    @Test
    void whyAWorkerBeginsAnewIsToldWhenItIsAnotherReason() throws Exception {
        assertThat(told(
                        new IllegalStateException("broken"),
                        new IllegalStateException("broken"),
                        new TimeoutException("no answer within PT30S")))
                .containsExactly(
                        "the batch worker begins anew: broken",
                        "the batch worker begins anew: no answer within PT30S",
                        "the brokers answer again: the batch worker goes on");
    }

    @Test
    void brokersThatAreKnownToBeSilentAreNoNewsWhereASessionEnds() throws Exception {
        assertThat(told(SILENCE, new TimeoutException("no answer"), new TimeoutException("no answer, again")))
                .containsExactly(
                        "the batch worker waits: the brokers do not answer",
                        "the brokers answer again: the batch worker goes on");
    }

    /** What a worker logs whose turns end so, one after the other, each after a minute; the next ones are good. */
    private static List<String> told(RuntimeException... failures) throws Exception {
        Deque<RuntimeException> left = new ConcurrentLinkedDeque<>(List.of(failures));
        AtomicLong nanos = new AtomicLong();
        WorkerLoop failing = new WorkerLoop(
                "failing",
                threads -> new Failing(left),
                Duration.ZERO,
                () -> nanos.addAndGet(Duration.ofMinutes(1).toNanos()));
        try (Lines lines = new Lines("failing")) {
            failing.start();
            Eventually.until("it goes on", () -> lines.hasOneThatEndsWith("goes on"));
            return lines.all;
        } finally {
            failing.close();
        }
    }

    /** Turns that throw, or in which no broker answers. */
    private static final class Failing implements Membership {
        private final Deque<RuntimeException> failures;
        private volatile boolean isHeard = true;

        Failing(Deque<RuntimeException> failures) {
            this.failures = failures;
        }

        @Override
        public void turn() throws InterruptedException {
            RuntimeException failure = failures.poll();
            isHeard = failure == null;
            if (failure == null) {
                Thread.sleep(1);
            } else if (failure != SILENCE) {
                throw failure;
            }
        }

        @Override
        public boolean isHeard() {
            return isHeard;
        }

        @Override
        public void drain(Duration grace) {}

        @Override
        public void close() {}
    }

    /** What the loop of one thread logs. */
    private static final class Lines extends Handler implements AutoCloseable {
        private final Logger log = Logger.getLogger(WorkerLoop.class.getName());
        private final List<String> all = new CopyOnWriteArrayList<>();
        private final String thread;

        Lines(String thread) {
            this.thread = thread;
            log.addHandler(this);
        }

        boolean hasOneThatEndsWith(String end) {
            return all.stream().anyMatch(line -> line.endsWith(end));
        }

        @Override
        public void publish(LogRecord line) {
            if (Thread.currentThread().getName().equals(thread)) {
                all.add(line.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {
            log.removeHandler(this);
        }
    }
}

package dev.foretoken.batch.kafka;

import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.flight.Aside;
import dev.foretoken.batch.flight.Backoff;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ErrorKind;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * How requests that failed are tried again. One for which there was no room says nothing against itself: it is tried until its deadline, or for as long as
 * it takes, if it is not {@link Aside} for too long. One whose engine failed may be why it failed: its tries are counted. Any thread.
 */
final class Retries {

    private final Backoff backoff;
    private final InstantSource clock;
    private final BatchMetrics metrics;
    private final CountDownLatch ending;
    private final Aside aside;
    private final AtomicInteger refusals = new AtomicInteger();
    private final AtomicInteger waiting = new AtomicInteger();

    /** @param ending open once the worker is being closed: what may yet succeed is another worker's then */
    Retries(Backoff backoff, InstantSource clock, BatchMetrics metrics, CountDownLatch ending, Aside aside) {
        this.backoff = backoff;
        this.clock = clock;
        this.metrics = metrics;
        this.ending = ending;
        this.aside = aside;
    }

    /** How many tries found no room in an engine, and say that fewer should run, since this was asked last. */
    int refusals() {
        return refusals.getAndSet(0);
    }

    /** How many requests wait for their next try. */
    int waiting() {
        return waiting.get();
    }

    /** Those that wait for something else than room in an engine, such as a model or their tenant's share: others need not wait with them. */
    int aside() {
        return aside.waiting();
    }

    /** The tries of one request. */
    Tries of(BatchRequest request) {
        return new Tries(request);
    }

    /** One thread. */
    final class Tries {

        private final BatchRequest request;
        private Aside.@Nullable Pauses pauses;
        private int refused;
        private int failed;

        private Tries(BatchRequest request) {
            this.request = request;
        }

        /**
         * Waits for the time of the next try.
         *
         * @param code why this one failed
         * @return false = there is none
         * @throws InterruptedException the worker is closed, or the request given up
         */
        boolean again(ErrorCode code) throws InterruptedException {
            count(code);
            boolean isAside = code != ErrorCode.QUEUE_FULL;
            if (isAside && pauses().areOver()) {
                return false;
            }
            Optional<Duration> wait;
            synchronized (backoff) {
                wait = backoff.next(failed, refused, clock.instant(), request.deadline());
            }
            if (wait.isEmpty()) {
                return false;
            }
            metrics.retried(code);
            pause(wait.get(), isAside);
            return true;
        }

        /** The request may come again, until the broker has its answer: what it has waited counts then. */
        void keep() {
            if (pauses != null) {
                pauses.keep();
            }
        }

        /** The broker has its answer. */
        void forget() {
            if (pauses != null) {
                pauses.forget();
            }
        }

        /** Few requests ever have any: what they count as is not looked up before. */
        private Aside.Pauses pauses() {
            Aside.Pauses known = pauses == null ? aside.of(request) : pauses;
            pauses = known;
            return known;
        }

        /** Who waits for something else than room in an engine, such as a model or its tenant's share, says nothing of how much may run. */
        private void count(ErrorCode code) {
            if (code == ErrorCode.QUEUE_FULL) {
                refusals.incrementAndGet();
            }
            boolean isRefusal = code.kind() == ErrorKind.CAPACITY && code != ErrorCode.DEADLINE_EXCEEDED;
            refused += isRefusal ? 1 : 0;
            failed += isRefusal ? 0 : 1;
        }

        private void pause(Duration wait, boolean isAside) throws InterruptedException {
            if (!isAside) {
                sleep(wait);
                return;
            }
            pauses().begin(wait);
            try {
                sleep(wait);
            } finally {
                pauses().end();
            }
        }

        private void sleep(Duration wait) throws InterruptedException {
            waiting.incrementAndGet();
            try {
                if (ending.await(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                    throw new InterruptedException("the worker ends: another one tries again");
                }
            } finally {
                waiting.decrementAndGet();
            }
        }
    }
}

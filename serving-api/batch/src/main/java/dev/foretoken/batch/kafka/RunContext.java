package dev.foretoken.batch.kafka;

import dev.foretoken.batch.BatchExecutor;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.flight.Backoff;
import dev.foretoken.contract.ErrorCode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What all requests of a worker run with.
 *
 * @param places which topics are there to be answered into
 * @param done where each puts its outcome, exactly one
 * @param refusals how many tries found an engine's queue full, since the worker looked last
 * @param ending open once the worker is being closed: what may yet succeed is another worker's then
 */
record RunContext(
        BatchExecutor executor,
        Backoff backoff,
        InstantSource clock,
        BatchMetrics metrics,
        Outcomes outcomes,
        ReplyPlaces places,
        Queue<Outcome> done,
        AtomicInteger refusals,
        CountDownLatch ending) {

    /** How long to wait for the next try; empty = there is none. Any thread. */
    Optional<Duration> wait(BatchRequest request, ErrorCode code, int tries) {
        if (code == ErrorCode.QUEUE_FULL) {
            refusals.incrementAndGet();
        }
        Optional<Duration> wait;
        synchronized (backoff) {
            wait = backoff.next(tries, clock.instant(), request.deadline());
        }
        if (wait.isPresent()) {
            metrics.retried(code);
        }
        return wait;
    }
}

package dev.foretoken.scheduler;

import dev.foretoken.contract.engine.Timings;

/** When things happened to one sequence, in nanoseconds of the caller's clock. */
final class SequenceTimes {

    private boolean started;
    private boolean answered;
    private long startedAt;
    private long firstTokenAt;
    private long lastTokenAt;

    boolean started() {
        return started;
    }

    void start(long now) {
        started = true;
        startedAt = now;
    }

    void token(long now, SchedulerObserver observer) {
        if (answered) {
            observer.nextToken(now - lastTokenAt);
        } else {
            answered = true;
            firstTokenAt = now;
            observer.firstToken(now - startedAt);
        }
        lastTokenAt = now;
    }

    /** For a sequence that ends at {@code now}. */
    Timings timings(long submittedAt, long now) {
        if (!started) {
            return new Timings(now - submittedAt, 0, 0);
        }
        long queue = startedAt - submittedAt;
        return answered
                ? new Timings(queue, firstTokenAt - startedAt, lastTokenAt - firstTokenAt)
                : new Timings(queue, now - startedAt, 0);
    }
}

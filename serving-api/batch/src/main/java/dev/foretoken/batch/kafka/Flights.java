package dev.foretoken.batch.kafka;

import dev.foretoken.batch.BatchExecutor;
import dev.foretoken.batch.flight.FlightLimit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Requests that were taken: those that wait to begin, and those that run. Worker's thread. */
final class Flights {

    private final BatchExecutor executor;
    private final FlightLimit limit;
    private final BlockingQueue<Outcome> done;
    private final Retries retries;
    private final Deque<RequestRun> ready = new ArrayDeque<>();
    private final List<Outcome> drained = new ArrayList<>();
    private @Nullable RequestRun alone;
    private int running;
    private long bytes;

    Flights(BatchExecutor executor, FlightLimit limit, BlockingQueue<Outcome> done, Retries retries) {
        this.executor = executor;
        this.limit = limit;
        this.done = done;
        this.retries = retries;
    }

    void add(List<RequestRun> runs) {
        ready.addAll(runs);
        runs.forEach(run -> bytes += run.bytes());
    }

    /** Of the records of all of them. */
    long bytes() {
        return bytes;
    }

    /** Begins as many as engines take now. */
    void start(long nanos) {
        if (retries.refusals() > 0) {
            limit.refused(underWay(), nanos);
        }
        while (underWay() < limit.limit() && !ready.isEmpty() && mayStart(ready.element())) {
            RequestRun run = ready.remove();
            alone = run.isSuspect() ? run : alone;
            run.partition().runs().add(run);
            running++;
            run.start();
        }
        limit.report(executor.room(), underWay(), nanos); // before any has ended: whether the limit holds requests back
    }

    /** One that may be what processes died of runs without others, so that it is known whether it was. */
    private boolean mayStart(RequestRun run) {
        return underWay() == 0 || alone == null && !run.isSuspect();
    }

    /** Of those that run, the ones that ask engines for room. */
    private int underWay() {
        return Math.max(0, running - retries.aside());
    }

    /** Those that wait for their next try. */
    int retrying() {
        return retries.waiting();
    }

    /** Outcomes since the last call; waits so long for the first of them. Those of lost partitions are left out. */
    List<Outcome> ended(long waitNanos) throws InterruptedException {
        drained.clear();
        if (waitNanos > 0 && running > 0) {
            Outcome first = done.poll(waitNanos, TimeUnit.NANOSECONDS);
            if (first != null) {
                drained.add(first);
            }
        }
        done.drainTo(drained);
        running -= drained.size();
        drained.forEach(this::remove);
        return drained.stream()
                .filter(outcome ->
                        !outcome.isAbandoned() && !outcome.partition().isLost())
                .toList();
    }

    private void remove(Outcome outcome) {
        RequestRun run = outcome.run();
        if (run != null) {
            bytes -= run.bytes();
            outcome.partition().runs().remove(run);
            alone = run == alone ? null : alone;
        }
    }

    /** Forgets those that have not begun, of lost partitions. */
    void dropLost() {
        drop(run -> run.partition().isLost());
    }

    /** Forgets those that have not begun. */
    void dropReady() {
        drop(any -> true);
    }

    private void drop(Predicate<RequestRun> unwanted) {
        ready.stream().filter(unwanted).forEach(run -> bytes -= run.bytes());
        ready.removeIf(unwanted);
    }

    int running() {
        return running;
    }

    int waiting() {
        return ready.size();
    }

    int limit() {
        return limit.limit();
    }
}

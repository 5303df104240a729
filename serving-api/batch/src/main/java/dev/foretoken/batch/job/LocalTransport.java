package dev.foretoken.batch.job;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchCancel;
import dev.foretoken.batch.BatchExecutor;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.Room;
import dev.foretoken.batch.flight.FlightConfig;
import dev.foretoken.batch.flight.FlightLimit;
import dev.foretoken.contract.ErrorCode;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Runs requests in this process, each on a thread of its own, no more at a time than its engines have room for. */
public final class LocalTransport implements JobTransport {

    private static final System.Logger LOG = System.getLogger(LocalTransport.class.getName());

    private final BatchExecutor executor;
    private final FlightLimit limit;
    private final LongSupplier nanos;
    private final ThreadFactory threads;
    private final AtomicInteger inFlight = new AtomicInteger();

    /**
     * @param nanos monotonic
     * @param threads of requests; virtual ones, since they wait
     */
    public LocalTransport(BatchExecutor executor, FlightConfig bounds, LongSupplier nanos, ThreadFactory threads) {
        this.executor = executor;
        this.limit = new FlightLimit(bounds);
        this.nanos = nanos;
        this.threads = threads;
    }

    @Override
    public int room() {
        Room room = executor.room();
        synchronized (limit) {
            limit.report(room, inFlight.get(), nanos.getAsLong());
            return limit.limit() - inFlight.get();
        }
    }

    @Override
    public boolean isLocal() {
        return true;
    }

    @Override
    public Sent send(BatchRequest request, Consumer<Optional<BatchAnswer>> answered) {
        BatchCancel cancel = new BatchCancel();
        inFlight.incrementAndGet();
        Thread thread = threads.newThread(() -> {
            Optional<BatchAnswer> answer = run(request, cancel);
            inFlight.decrementAndGet();
            answered.accept(answer);
        });
        thread.start();
        return () -> {
            cancel.cancel();
            thread.interrupt();
        };
    }

    private void refused() {
        synchronized (limit) {
            limit.refused(inFlight.get(), nanos.getAsLong());
        }
    }

    private Optional<BatchAnswer> run(BatchRequest request, BatchCancel cancel) {
        try {
            BatchAnswer answer = executor.run(request, cancel);
            if (answer.error().filter(error -> error == ErrorCode.QUEUE_FULL).isPresent()) {
                refused();
            }
            return Optional.of(answer);
        } catch (InterruptedException e) {
            return Optional.empty();
        } catch (RuntimeException | Error e) {
            LOG.log(System.Logger.Level.ERROR, "a request of a batch was not run", e);
            return Optional.empty();
        }
    }
}

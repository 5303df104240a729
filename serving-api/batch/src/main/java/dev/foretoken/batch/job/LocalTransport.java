package dev.foretoken.batch.job;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchCancel;
import dev.foretoken.batch.BatchExecutor;
import dev.foretoken.batch.BatchRequest;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Runs requests in this process, each on a thread of its own, no more at a time than the bound says. */
public final class LocalTransport implements JobTransport {

    private static final System.Logger LOG = System.getLogger(LocalTransport.class.getName());

    private final BatchExecutor executor;
    private final Bound bound;
    private final ThreadFactory threads;
    private final AtomicInteger inFlight = new AtomicInteger();

    /** How many requests may be in flight. Any thread calls it. */
    public interface Bound {
        int most();

        /** What became of one: a refusal for want of room may lower the bound. */
        void answered(BatchAnswer answer);
    }

    /** @param threads of requests; virtual ones, since they wait */
    public LocalTransport(BatchExecutor executor, Bound bound, ThreadFactory threads) {
        this.executor = executor;
        this.bound = bound;
        this.threads = threads;
    }

    @Override
    public int room() {
        return bound.most() - inFlight.get();
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

    private Optional<BatchAnswer> run(BatchRequest request, BatchCancel cancel) {
        try {
            BatchAnswer answer = executor.run(request, cancel);
            bound.answered(answer);
            return Optional.of(answer);
        } catch (InterruptedException e) {
            return Optional.empty();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a request of a batch was not run", e);
            return Optional.empty();
        }
    }
}

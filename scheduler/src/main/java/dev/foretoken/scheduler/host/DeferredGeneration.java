package dev.foretoken.scheduler.host;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.PrefillUsage;
import dev.foretoken.contract.engine.Timings;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.contract.request.GenerationRequest;
import java.time.Duration;
import java.util.BitSet;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A request for a variant that is not loaded yet: its reader waits here, until it gets the variant's own generation, or an error, or its time
 * is over. Nobody else waits for it.
 */
final class DeferredGeneration implements Generation, LoadWaiter {

    private final GenerationRequest request;
    private final LongSupplier nanoTime;
    private final long deadline;
    private final Consumer<DeferredGeneration> leave;
    /** Guarded by this, like what follows. */
    private final BitSet cancelled = new BitSet();

    private @Nullable Generation bound;
    private @Nullable ForetokenException failure;
    private boolean ended;
    private int told;

    /** {@code leave}: it does not wait any more; never called with a lock held. */
    DeferredGeneration(GenerationRequest request, LongSupplier nanoTime, Consumer<DeferredGeneration> leave) {
        this.request = request;
        this.nanoTime = nanoTime;
        this.leave = leave;
        this.deadline = request.service()
                .timeout()
                .map(time -> nanoTime.getAsLong() + time.toNanos())
                .orElse(nanoTime.getAsLong() + Duration.ofDays(365).toNanos());
    }

    @Override
    public int sequences() {
        return request.choices();
    }

    @Override
    public void loaded(ServedModel model) {
        try {
            bind(model.submit(request));
        } catch (ForetokenException e) {
            fail(e);
        }
    }

    /** The variant has taken it. */
    private void bind(Generation generation) {
        BitSet given;
        synchronized (this) {
            if (ended) {
                generation.cancel();
                return;
            }
            bound = generation;
            given = (BitSet) cancelled.clone();
            notifyAll();
        }
        given.stream().forEach(generation::cancel);
    }

    @Override
    public synchronized void fail(ForetokenException why) {
        if (bound == null && !ended) {
            failure = why;
            ended = true;
            notifyAll();
        }
    }

    @Override
    public Optional<EngineEvent> next(Duration timeout) throws InterruptedException {
        long until = nanoTime.getAsLong() + timeout.toNanos();
        Generation generation = await(until);
        if (generation == null) {
            return last();
        }
        return generation.next(Duration.ofNanos(Math.max(0, until - nanoTime.getAsLong())));
    }

    /** Null: it has ended, or still waits. */
    private @Nullable Generation await(long until) throws InterruptedException {
        boolean late;
        synchronized (this) {
            long now = nanoTime.getAsLong();
            while (bound == null && !ended && until - now > 0 && deadline - now > 0) {
                wait(Math.max(1, Math.min(until - now, deadline - now) / 1_000_000));
                now = nanoTime.getAsLong();
            }
            late = bound == null && !ended && deadline - now <= 0;
            if (!late) {
                return bound;
            }
        }
        fail(new ForetokenException(
                ErrorCode.DEADLINE_EXCEEDED,
                "the time of this request was over before model '" + request.model() + "' was loaded"));
        leave.accept(this);
        return null;
    }

    /** One for every choice, after it has ended. */
    private synchronized Optional<EngineEvent> last() {
        if (!ended || told >= request.choices()) {
            return Optional.empty();
        }
        int choice = told++;
        ForetokenException why = failure;
        return Optional.of(
                why == null
                        ? new EngineEvent.Finished(choice, FinishReason.CANCELLED, nothing())
                        : new EngineEvent.Failed(choice, why.code(), String.valueOf(why.getMessage())));
    }

    private Usage nothing() {
        return new Usage(request.prompt().size(), 0, 0, PrefillUsage.EXACT, Timings.NONE);
    }

    @Override
    public synchronized boolean isDone() {
        Generation generation = bound;
        return generation == null ? ended && told >= request.choices() : generation.isDone();
    }

    @Override
    public void cancel(int choice) {
        Generation generation;
        boolean all;
        synchronized (this) {
            generation = bound;
            cancelled.set(choice);
            all = generation == null && !ended && cancelled.cardinality() == request.choices();
            ended |= all;
            notifyAll();
        }
        if (generation != null) {
            generation.cancel(choice);
        } else if (all) {
            leave.accept(this);
        }
    }

    @Override
    public void cancel() {
        for (int choice = 0; choice < request.choices(); choice++) {
            cancel(choice);
        }
    }
}

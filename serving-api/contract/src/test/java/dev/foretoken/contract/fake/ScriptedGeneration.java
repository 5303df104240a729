package dev.foretoken.contract.fake;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.Timings;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.PrefillMode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A generation whose events a test emits. A cancelled choice ends at once. */
public final class ScriptedGeneration implements Generation {

    private final GenerationRequest request;
    private final LinkedBlockingQueue<EngineEvent> events = new LinkedBlockingQueue<>();
    private final boolean[] ended;
    private final AtomicInteger unread;
    private final CountDownLatch cancelled = new CountDownLatch(1);

    ScriptedGeneration(GenerationRequest request) {
        this.request = request;
        this.ended = new boolean[request.choices()];
        this.unread = new AtomicInteger(request.choices());
    }

    public GenerationRequest request() {
        return request;
    }

    public synchronized void emit(EngineEvent event) {
        if (ended[event.choice()]) {
            return;
        }
        ended[event.choice()] = event.isLast();
        events.add(event);
    }

    /** Waits until every choice was cancelled. */
    public void awaitCancelled() throws InterruptedException {
        cancelled.await();
    }

    @Override
    public Optional<EngineEvent> next(Duration timeout) throws InterruptedException {
        if (isDone()) {
            return Optional.empty();
        }
        EngineEvent event = events.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
        if (event != null && event.isLast()) {
            unread.decrementAndGet();
        }
        return Optional.ofNullable(event);
    }

    @Override
    public boolean isDone() {
        return unread.get() == 0;
    }

    @Override
    public void cancel(int choice) {
        Usage usage = new Usage(request.prompt().size(), 0, 0, PrefillMode.EXACT, -1, Timings.NONE);
        emit(new EngineEvent.Finished(choice, FinishReason.CANCELLED, usage));
    }

    @Override
    public void cancel() {
        for (int choice = 0; choice < ended.length; choice++) {
            cancel(choice);
        }
        cancelled.countDown();
    }
}

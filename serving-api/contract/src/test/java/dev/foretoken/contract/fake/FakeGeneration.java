package dev.foretoken.contract.fake;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.PrefillUsage;
import dev.foretoken.contract.engine.Timings;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.PrefillMode;
import java.time.Duration;
import java.util.BitSet;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A request in the {@link FakeEngine}: tests push its events, at once or one by one, and see whether it was cancelled. Lends the threads that push
 * to the reader.
 */
public final class FakeGeneration implements Generation {

    private final GenerationRequest request;
    private final LinkedBlockingQueue<EngineEvent> events = new LinkedBlockingQueue<>();
    private final BitSet ended = new BitSet();
    private final BitSet taken = new BitSet();
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final Map<Integer, Integer> cached = new ConcurrentHashMap<>();
    private int position;
    private volatile Runnable arrived = () -> {};
    private final boolean lends;

    FakeGeneration(GenerationRequest request, boolean lends) {
        this.lends = lends;
        this.request = request;
        this.position = request.prompt().size();
    }

    public GenerationRequest request() {
        return request;
    }

    public void push(EngineEvent event) {
        if (take(event)) {
            arrived.run();
        }
    }

    private synchronized boolean take(EngineEvent event) {
        if (ended.get(event.choice())) {
            return false;
        }
        if (event.isLast()) {
            ended.set(event.choice());
        }
        return events.add(event);
    }

    public void started(int choice, int cachedTokens) {
        cached.put(choice, cachedTokens);
        push(new EngineEvent.Started(choice, request.prompt().size(), cachedTokens));
    }

    /** The same for a prompt that is predicted. */
    public void startedPredicted(int choice, int cachedTokens) {
        cached.put(choice, cachedTokens);
        push(new EngineEvent.Started(choice, request.prompt().size(), cachedTokens, PrefillMode.PREDICTED));
    }

    public void token(int choice, int id) {
        boolean wanted = request.output().wantsLogprobs();
        push(new EngineEvent.TokenGenerated(
                choice,
                id,
                position++,
                wanted ? FakeEngine.logprobs(id, request.output().topLogprobs()) : null));
    }

    public void finished(int choice, FinishReason reason) {
        int found = cached.getOrDefault(choice, 0);
        push(new EngineEvent.Finished(
                choice, reason, new Usage(request.prompt().size(), found, 0, PrefillUsage.EXACT, Timings.NONE)));
    }

    @Override
    public Optional<EngineEvent> next(Duration timeout) throws InterruptedException {
        if (isDone()) {
            return Optional.empty();
        }
        EngineEvent event = events.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
        if (event != null && event.isLast()) {
            synchronized (this) {
                taken.set(event.choice());
            }
        }
        return Optional.ofNullable(event);
    }

    @Override
    public Ahead ahead() {
        return switch (events.peek()) {
            case null -> Ahead.NOTHING;
            case EngineEvent.TokenGenerated token -> Ahead.TOKEN;
            case EngineEvent.Started started -> Ahead.START;
            default -> Ahead.OTHER;
        };
    }

    @Override
    public boolean whenArrived(Runnable action) {
        if (lends) {
            arrived = action;
        }
        return lends;
    }

    @Override
    public synchronized boolean isDone() {
        return taken.cardinality() == request.choices();
    }

    @Override
    public void cancel(int choice) {
        finished(choice, FinishReason.CANCELLED);
        if (ended.cardinality() == request.choices()) {
            cancelled.countDown();
        }
    }

    @Override
    public void cancel() {
        for (int choice = 0; choice < request.choices(); choice++) {
            finished(choice, FinishReason.CANCELLED);
        }
        cancelled.countDown();
    }

    /** Whether the whole request was cancelled within ten seconds. */
    public boolean awaitCancelled() throws InterruptedException {
        return cancelled.await(2, TimeUnit.MINUTES);
    }

    public boolean wasCancelled() {
        return cancelled.getCount() == 0;
    }
}

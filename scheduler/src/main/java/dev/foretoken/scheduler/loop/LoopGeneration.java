package dev.foretoken.scheduler.loop;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.scheduler.EventSink;
import dev.foretoken.scheduler.SequenceGroup;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/** One request between its reader's thread and the loop. Cancelling sets a flag, which cannot be lost as a message could. */
final class LoopGeneration implements Generation, EventSink {

    private static final int EVENTS_BESIDE_TOKENS = 3;

    final GenerationRequest request;
    final AdapterLease adapter;
    final long submittedAt;
    private final int maxNewTokens;
    private final LoopAccounts accounts;
    private final Runnable wake;
    private final EventQueue events;
    private final AtomicIntegerArray cancelled;
    /** Loop thread only, like all of the writer's side. */
    private final boolean[] started;

    private final boolean[] ended;
    private int running;
    private volatile int toRead;
    /** Loop thread only. */
    @Nullable
    SequenceGroup group;

    LoopGeneration(
            GenerationRequest request,
            AdapterLease adapter,
            int maxNewTokens,
            long submittedAt,
            LoopAccounts accounts,
            Runnable wake) {
        this.request = request;
        this.adapter = adapter;
        this.running = request.choices();
        this.submittedAt = submittedAt;
        this.maxNewTokens = maxNewTokens;
        this.accounts = accounts;
        this.wake = wake;
        int choices = request.choices();
        this.events = new EventQueue(Math.multiplyExact(choices, maxNewTokens + EVENTS_BESIDE_TOKENS));
        this.cancelled = new AtomicIntegerArray(choices);
        this.started = new boolean[choices];
        this.ended = new boolean[choices];
        this.toRead = choices;
    }

    /** Tokens this request may cost at most: for the estimate when others get their turn. */
    long weight() {
        return (long) request.choices()
                * (request.prompt().size() + request.stop().maxTokens());
    }

    String tenant() {
        return request.identity().tenant();
    }

    boolean isAnyCancelled() {
        for (int choice = 0; choice < cancelled.length(); choice++) {
            if (isCancelled(choice)) {
                return true;
            }
        }
        return false;
    }

    boolean isCancelled(int choice) {
        return cancelled.get(choice) != 0;
    }

    @Override
    public void accept(EngineEvent event) {
        int choice = event.choice();
        if (!started[choice] && (event instanceof EngineEvent.Started || event.isLast())) {
            started[choice] = true;
            accounts.leftQueue(this);
        }
        if (event.isLast()) {
            ended[choice] = true;
            accounts.ended(this);
            running--;
        }
        events.put(event);
        if (event.isLast() && running == 0) {
            adapter.release().run();
        }
    }

    /** Gives every choice that has not ended its last event. */
    void failRest(ErrorCode code, String detail) {
        for (int choice = 0; choice < ended.length; choice++) {
            if (!ended[choice]) {
                accept(new EngineEvent.Failed(choice, code, detail));
            }
        }
    }

    @Override
    public Optional<EngineEvent> next(Duration timeout) throws InterruptedException {
        if (toRead == 0) {
            return Optional.empty();
        }
        EngineEvent event = events.poll(timeout.toNanos());
        if (event != null && event.isLast()) {
            toRead = toRead - 1;
        }
        return Optional.ofNullable(event);
    }

    @Override
    public boolean isDone() {
        return toRead == 0;
    }

    @Override
    public void cancel(int choice) {
        if (cancelled.getAndSet(choice, 1) == 0) {
            wake.run();
        }
    }

    @Override
    public void cancel() {
        for (int choice = 0; choice < cancelled.length(); choice++) {
            cancel(choice);
        }
    }
}

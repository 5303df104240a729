package dev.foretoken.gateway.tracing;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import java.time.Duration;
import java.util.Optional;

/** A generation whose first and last events are told to a span. A reader that leaves says so by {@link #cancel()}. */
record FollowedGeneration(Generation generation, EngineSpan span) implements Generation {

    @Override
    public Optional<EngineEvent> next(Duration timeout) throws InterruptedException {
        Optional<EngineEvent> event = generation.next(timeout);
        event.ifPresent(span::see);
        return event;
    }

    @Override
    public Ahead ahead() {
        return generation.ahead();
    }

    @Override
    public boolean whenArrived(Runnable action) {
        return generation.whenArrived(action);
    }

    @Override
    public boolean isDone() {
        return generation.isDone();
    }

    @Override
    public void cancel(int choice) {
        generation.cancel(choice);
    }

    @Override
    public void cancel() {
        generation.cancel();
        span.end();
    }
}

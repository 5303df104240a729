package dev.foretoken.gateway.routing;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.routing.fleet.SentRequest;
import java.time.Duration;
import java.util.Optional;

/** A generation that counts at its engine until it is done or nobody wants it. */
final class CountedGeneration implements Generation {

    private final Generation generation;
    private final SentRequest sent;

    CountedGeneration(Generation generation, SentRequest sent) {
        this.generation = generation;
        this.sent = sent;
    }

    @Override
    public Optional<EngineEvent> next(Duration timeout) throws InterruptedException {
        Optional<EngineEvent> event = generation.next(timeout);
        if (event.isEmpty() || isLast(event.get())) {
            isDone();
        }
        return event;
    }

    private static boolean isLast(EngineEvent event) {
        return event instanceof EngineEvent.Finished || event instanceof EngineEvent.Failed;
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
        boolean done = generation.isDone();
        if (done) {
            sent.ended();
        }
        return done;
    }

    @Override
    public void cancel(int choice) {
        generation.cancel(choice);
    }

    @Override
    public void cancel() {
        sent.ended();
        generation.cancel();
    }
}

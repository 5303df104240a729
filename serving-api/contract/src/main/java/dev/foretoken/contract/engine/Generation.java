package dev.foretoken.contract.engine;

import java.time.Duration;
import java.util.Optional;

/**
 * A request in the engine. Events wait in a queue sized to the request's token limit, so the engine never blocks on a slow reader. One
 * thread reads; any thread cancels.
 */
public interface Generation {

    /**
     * The next event of any choice, in order per choice.
     *
     * @return empty when {@code timeout} passed, or at once when every choice has had its last event
     */
    Optional<EngineEvent> next(Duration timeout) throws InterruptedException;

    /** Whether every choice's last event was taken. */
    boolean isDone();

    /** Ends one sequence within one step; idempotent. Its last event becomes Finished(CANCELLED) unless it has ended already. */
    void cancel(int choice);

    /** Ends all sequences of the request. */
    void cancel();
}

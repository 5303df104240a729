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

    /** What {@link #next} would return at once. */
    enum Ahead {
        NOTHING,
        /** That a choice has begun. */
        START,
        /** A generated token. */
        TOKEN,
        /** Another event; or it takes {@link #next} to find out. */
        OTHER,
    }

    /** Looks without taking. Only the reader's answer stays true until it reads. */
    default Ahead ahead() {
        return Ahead.OTHER;
    }

    /**
     * Has {@code action} run after each arrival of events from now on, by the thread that brings them, until another action takes its place.
     * It may read, but must not wait.
     *
     * @return false where that thread has other work to do: nothing will run, and readers wait by {@link #next}
     */
    default boolean whenArrived(Runnable action) {
        return false;
    }

    /** Whether every choice's last event was taken. */
    boolean isDone();

    /** Ends one sequence within one step; idempotent. Its last event becomes Finished(CANCELLED) unless it has ended already. */
    void cancel(int choice);

    /** Ends all sequences of the request. */
    void cancel();
}

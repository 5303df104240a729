package dev.foretoken.scheduler.loop;

import dev.foretoken.contract.engine.LoadCounters;
import java.time.Duration;

/** The thread of one variant, as those see it who load and unload variants. Any thread may call it. */
public interface ModelLoop {

    LoopPhase phase();

    /** What was accepted and has not ended: it keeps the variant from being unloaded for another. */
    int live();

    /** When the newest request came, on the loop's clock; 0 before the first. */
    long lastAccepted();

    /** Accepted and not running. */
    int waiting();

    int running();

    LoadCounters counters();

    /** Takes nothing new from now on. */
    void drain();

    /** Fails what is still there with DRAINING and ends. */
    void stop();

    /** Waits until the thread has closed the runtime; false after {@code patience}. */
    boolean awaitEnd(Duration patience) throws InterruptedException;
}

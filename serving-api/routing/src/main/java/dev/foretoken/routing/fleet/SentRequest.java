package dev.foretoken.routing.fleet;

import java.util.concurrent.atomic.AtomicReference;

/** A request that counts at an engine until it has ended. Any thread. */
public final class SentRequest {

    private final AtomicReference<Runnable> end;

    SentRequest(Runnable end) {
        this.end = new AtomicReference<>(end);
    }

    /** It has ended, whatever way. Only the first call counts. */
    public void ended() {
        Runnable once = end.getAndSet(() -> {});
        once.run();
    }
}

package dev.foretoken.app.serve;

import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Lets running requests end before HTTP closes. The framework's shutdown hook stops the whole application at once; this event is the only
 * thing it waits for before.
 */
@Singleton
public final class Drain {

    private static final Runnable NOTHING = () -> {};

    private final AtomicReference<Runnable> work = new AtomicReference<>(NOTHING);
    private final CountDownLatch done = new CountDownLatch(1);

    /** Sets what is to be done, on the framework's thread, once the process was told to stop. */
    void prepare(Runnable drain) {
        work.set(drain);
    }

    /** Waits until it is done. */
    void await() throws InterruptedException {
        done.await();
    }

    void onStop(@Observes ShutdownDelayInitiatedEvent event) {
        try {
            work.getAndSet(NOTHING).run();
        } finally {
            done.countDown();
        }
    }
}

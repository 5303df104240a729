package dev.foretoken.registry.remote;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.time.Duration;

/** Waits before another attempt; tests do not. */
@FunctionalInterface
public interface Patience {

    /** Waits by sleeping; an interrupt becomes CANCELLED. */
    Patience SLEEP = time -> {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ForetokenException(ErrorCode.CANCELLED, "stopped while waiting for another host", e);
        }
    };

    void pause(Duration time);
}

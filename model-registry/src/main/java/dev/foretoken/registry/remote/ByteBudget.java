package dev.foretoken.registry.remote;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.concurrent.atomic.AtomicLong;

/** What one pull may still take from other machines; bytes that come twice count twice. For any thread. */
public final class ByteBudget {

    private final long total;
    private final AtomicLong left;

    public ByteBudget(long total) {
        this.total = total;
        this.left = new AtomicLong(total);
    }

    /** @throws ForetokenException PAYLOAD_TOO_LARGE when less than {@code bytes} are left */
    void take(long bytes) {
        if (left.addAndGet(-bytes) < 0) {
            throw new ForetokenException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "the pull has more than %d bytes; raise pull.total-bytes if that is right".formatted(total));
        }
    }
}

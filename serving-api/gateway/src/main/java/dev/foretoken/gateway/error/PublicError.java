package dev.foretoken.gateway.error;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ErrorKind;
import dev.foretoken.contract.ForetokenException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A failure as its caller may see it. Messages of our own failures are replaced: they could name classes, paths or addresses, and only the
 * operator can act on them.
 *
 * @param param request field at fault
 * @param retryAfter when trying again has a chance
 */
public record PublicError(
        ErrorCode code,
        String message,
        @Nullable String param,
        @Nullable Duration retryAfter) {

    /** Whoever refuses because it stops, the edge or the engine behind it, another replica can answer soon. */
    private static final Duration ANOTHER_REPLICA = Duration.ofSeconds(1);

    private static final String INTERNAL = "the server failed to answer this request; its log says why";

    /** Never null for any throwable; {@link #isOurs} says whether the operator should see the original. */
    public static PublicError of(Throwable failure) {
        if (!(failure instanceof ForetokenException known)) {
            return new PublicError(ErrorCode.INTERNAL_ERROR, INTERNAL, null, null);
        }
        String message = known.code().kind() == ErrorKind.INTERNAL ? INTERNAL : known.getMessage();
        return new PublicError(
                known.code(),
                message == null ? known.code().name() : message,
                known.param().orElse(null),
                known.retryAfter().orElse(known.code() == ErrorCode.DRAINING ? ANOTHER_REPLICA : null));
    }

    /** Whether we failed, and not the caller or the lack of room. */
    public boolean isOurs() {
        return code.kind() == ErrorKind.INTERNAL;
    }
}

package dev.foretoken.gateway.call;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.error.PublicError;
import org.jboss.logging.Logger;

/** Requests that get no answer. */
public final class Refusals {

    private static final Logger LOG = Logger.getLogger(Refusals.class);

    private Refusals() {}

    /** What the caller may see of a failure; what the operator must see is logged. */
    public static PublicError publish(String requestId, Throwable failure) {
        PublicError error = PublicError.of(failure);
        if (error.isOurs()) {
            LOG.errorf(failure, "request %s failed", requestId);
        } else if (!(failure instanceof ForetokenException known && known.code() == ErrorCode.CANCELLED)) {
            LOG.debugf("request %s refused: %s %s", requestId, error.code(), error.message());
        }
        return error;
    }
}

package dev.foretoken.batch;

import dev.foretoken.contract.ErrorCode;
import java.util.Optional;

/**
 * What a request came to.
 *
 * @param status of HTTP, as the endpoint's route would have answered
 * @param requestId under which this process logged it
 * @param body JSON, as the route would have answered; of failures too; not to be changed
 * @param error why it failed; empty = it did not
 */
public record BatchAnswer(int status, String requestId, byte[] body, Optional<ErrorCode> error) {

    /** Whether the same request may well succeed later. */
    public boolean isRetryable() {
        return error.isPresent() && mayPass(error.get());
    }

    private static boolean mayPass(ErrorCode code) {
        return switch (code) {
            case QUEUE_FULL,
                    SHARE_FULL,
                    DRAINING,
                    REPLICA_UNAVAILABLE,
                    REPLICA_LOST,
                    MODEL_LOADING,
                    STORAGE_FULL,
                    REGISTRY_UNAVAILABLE,
                    SOURCE_UNAVAILABLE,
                    RATE_LIMITED -> true;
            case INVALID_REQUEST,
                    MODEL_NOT_FOUND,
                    CONTEXT_LENGTH_EXCEEDED,
                    UNAUTHENTICATED,
                    PERMISSION_DENIED,
                    PAYLOAD_TOO_LARGE,
                    UNSUPPORTED_FEATURE,
                    ROUTE_NOT_FOUND,
                    METHOD_NOT_ALLOWED,
                    UNSUPPORTED_MEDIA_TYPE,
                    TEMPLATE_FAILED,
                    CANCELLED,
                    CONFIG_INVALID,
                    MODEL_UNSUPPORTED,
                    REGISTRY_CONFLICT,
                    GATE_REFUSED,
                    SIGNATURE_REFUSED,
                    JOB_NOT_FOUND,
                    FILE_NOT_FOUND,
                    JOB_CONFLICT,
                    DEADLINE_EXCEEDED,
                    INSUFFICIENT_MEMORY,
                    MODEL_FILE_CORRUPT,
                    RUNTIME_FAILED,
                    INTERNAL_ERROR -> false;
        };
    }
}

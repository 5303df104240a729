package dev.foretoken.gateway.error;

import dev.foretoken.contract.ErrorCode;

/** The HTTP status of each error code. */
public final class HttpStatus {

    /** nginx's "client closed request": nobody reads it, but logs and metrics do. */
    public static final int CLIENT_CLOSED = 499;

    private HttpStatus() {}

    public static int of(ErrorCode code) {
        return switch (code) {
            case INVALID_REQUEST,
                    CONTEXT_LENGTH_EXCEEDED,
                    UNSUPPORTED_FEATURE,
                    TEMPLATE_FAILED,
                    CONFIG_INVALID,
                    MODEL_UNSUPPORTED -> 400;
            case UNAUTHENTICATED -> 401;
            case PERMISSION_DENIED, SIGNATURE_REFUSED -> 403;
            case MODEL_NOT_FOUND, ROUTE_NOT_FOUND, JOB_NOT_FOUND, FILE_NOT_FOUND -> 404;
            case METHOD_NOT_ALLOWED -> 405;
            case REGISTRY_CONFLICT, GATE_REFUSED, JOB_CONFLICT -> 409;
            case PAYLOAD_TOO_LARGE -> 413;
            case UNSUPPORTED_MEDIA_TYPE -> 415;
            case QUEUE_FULL, SHARE_FULL, RATE_LIMITED -> 429;
            case CANCELLED -> CLIENT_CLOSED;
            case DRAINING,
                    INSUFFICIENT_MEMORY,
                    REPLICA_UNAVAILABLE,
                    MODEL_LOADING,
                    REGISTRY_UNAVAILABLE,
                    SOURCE_UNAVAILABLE -> 503;
            case DEADLINE_EXCEEDED -> 504;
            case STORAGE_FULL -> 507;
            case MODEL_FILE_CORRUPT, RUNTIME_FAILED, REPLICA_LOST, INTERNAL_ERROR -> 500;
        };
    }
}

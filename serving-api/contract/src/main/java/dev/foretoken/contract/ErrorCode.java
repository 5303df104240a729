package dev.foretoken.contract;

/**
 * Every way a request, a configuration or a model can fail. Numbers are stable: they are written to logs and sent between processes.
 * Callers' errors start at 0x0_0000, capacity at 0x1_0000, internal ones at 0x2_0000.
 */
public enum ErrorCode {
    INVALID_REQUEST(0x0_0001, ErrorKind.CALLER),
    MODEL_NOT_FOUND(0x0_0002, ErrorKind.CALLER),
    CONTEXT_LENGTH_EXCEEDED(0x0_0003, ErrorKind.CALLER),
    UNAUTHENTICATED(0x0_0004, ErrorKind.CALLER),
    PERMISSION_DENIED(0x0_0005, ErrorKind.CALLER),
    PAYLOAD_TOO_LARGE(0x0_0006, ErrorKind.CALLER),
    /** A known feature that this model or server does not offer; the message names it. */
    UNSUPPORTED_FEATURE(0x0_0007, ErrorKind.CALLER),
    ROUTE_NOT_FOUND(0x0_0008, ErrorKind.CALLER),
    METHOD_NOT_ALLOWED(0x0_0009, ErrorKind.CALLER),
    UNSUPPORTED_MEDIA_TYPE(0x0_000A, ErrorKind.CALLER),
    TEMPLATE_FAILED(0x0_000B, ErrorKind.CALLER),
    CANCELLED(0x0_000C, ErrorKind.CALLER),
    CONFIG_INVALID(0x0_000D, ErrorKind.CALLER),
    /** The model's architecture or encoding is not one we run; the message says what was found and what is supported. */
    MODEL_UNSUPPORTED(0x0_000E, ErrorKind.CALLER),
    /** What was asked contradicts what the registry holds, such as the removal of what an alias reaches; the message names it. */
    REGISTRY_CONFLICT(0x0_000F, ErrorKind.CALLER),
    /** An alias may not point there: the message says which measured number failed which limit. */
    GATE_REFUSED(0x0_0010, ErrorKind.CALLER),
    /** The policy asks for a signature that is missing or does not fit. */
    SIGNATURE_REFUSED(0x0_0011, ErrorKind.CALLER),
    JOB_NOT_FOUND(0x0_0012, ErrorKind.CALLER),
    FILE_NOT_FOUND(0x0_0013, ErrorKind.CALLER),
    /** What was asked does not fit the state that a batch is in; the message names it. */
    JOB_CONFLICT(0x0_0014, ErrorKind.CALLER),

    QUEUE_FULL(0x1_0000, ErrorKind.CAPACITY),
    DRAINING(0x1_0001, ErrorKind.CAPACITY),
    DEADLINE_EXCEEDED(0x1_0002, ErrorKind.CAPACITY),
    /** The model, or this one request, needs more memory than the budget can ever give. */
    INSUFFICIENT_MEMORY(0x1_0003, ErrorKind.CAPACITY),
    REPLICA_UNAVAILABLE(0x1_0004, ErrorKind.CAPACITY),
    MODEL_LOADING(0x1_0005, ErrorKind.CAPACITY),
    /** The disk or the object store took no more bytes. */
    STORAGE_FULL(0x1_0006, ErrorKind.CAPACITY),
    /** The registry's database or object store did not answer in time. */
    REGISTRY_UNAVAILABLE(0x1_0007, ErrorKind.CAPACITY),
    /** The place that a model is pulled from, or pushed to, did not answer as its protocol promises. */
    SOURCE_UNAVAILABLE(0x1_0008, ErrorKind.CAPACITY),
    /** The tenant has had what it may have in this minute, or at once. */
    RATE_LIMITED(0x1_0009, ErrorKind.CAPACITY),
    /** There are places, but the tenant has its part of them: those that are left are for others. */
    SHARE_FULL(0x1_000A, ErrorKind.CAPACITY),

    MODEL_FILE_CORRUPT(0x2_0000, ErrorKind.INTERNAL),
    RUNTIME_FAILED(0x2_0001, ErrorKind.INTERNAL),
    REPLICA_LOST(0x2_0002, ErrorKind.INTERNAL),
    INTERNAL_ERROR(0x2_0003, ErrorKind.INTERNAL),
    ;

    private final int number;
    private final ErrorKind kind;

    ErrorCode(int number, ErrorKind kind) {
        this.number = number;
        this.kind = kind;
    }

    /** The code with this number, or INTERNAL_ERROR for one that a newer process sent. */
    public static ErrorCode ofNumber(int number) {
        for (ErrorCode code : values()) {
            if (code.number == number) {
                return code;
            }
        }
        return INTERNAL_ERROR;
    }

    public int number() {
        return number;
    }

    public ErrorKind kind() {
        return kind;
    }
}

package dev.foretoken.contract;

import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The one exception of this project. The message is written for the person who can act on it: what was found, what was expected, what to
 * do. It never holds addresses, file system paths of the server, or secrets, because it may be sent to the caller.
 */
public final class ForetokenException extends RuntimeException {

    private final ErrorCode code;
    private final @Nullable String param;
    private final @Nullable Duration retryAfter;

    public ForetokenException(ErrorCode code, String message) {
        this(code, message, null, null, null);
    }

    public ForetokenException(ErrorCode code, String message, Throwable cause) {
        this(code, message, null, null, cause);
    }

    private ForetokenException(
            ErrorCode code,
            String message,
            @Nullable String param,
            @Nullable Duration retryAfter,
            @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.param = param;
        this.retryAfter = retryAfter;
    }

    /** An {@link ErrorCode#INVALID_REQUEST} that names the request field at fault. */
    public static ForetokenException invalid(String param, String message) {
        return new ForetokenException(ErrorCode.INVALID_REQUEST, message, param, null, null);
    }

    public ForetokenException withParam(String name) {
        return new ForetokenException(code, text(), name, retryAfter, getCause());
    }

    /** The same error with the time after which a retry has a chance. */
    public ForetokenException withRetryAfter(Duration time) {
        return new ForetokenException(code, text(), param, time, getCause());
    }

    public ErrorCode code() {
        return code;
    }

    /** The request field at fault, in the protocol's own spelling. */
    public Optional<String> param() {
        return Optional.ofNullable(param);
    }

    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }

    private String text() {
        String message = getMessage();
        return message == null ? code.name() : message;
    }
}

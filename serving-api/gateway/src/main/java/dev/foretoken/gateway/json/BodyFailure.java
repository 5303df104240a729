package dev.foretoken.gateway.json;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.util.zip.ZipException;

/** What a caller is told whose body cannot be read, or not to its end. */
public final class BodyFailure {

    private BodyFailure() {}

    public static ForetokenException of(IOException cause) {
        String found = cause instanceof ZipException
                ? "the body is not what its content-encoding says: " + cause.getMessage()
                : "the body ended before it was complete";
        return new ForetokenException(ErrorCode.INVALID_REQUEST, found, cause);
    }

    public static ForetokenException tooLarge(long limit) {
        return new ForetokenException(
                ErrorCode.PAYLOAD_TOO_LARGE, "the body is larger than " + limit + " bytes, the limit of this server");
    }
}

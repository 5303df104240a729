package dev.foretoken.registry.blob;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What object storage answers, in this project's words. The service's own text is left out: it may name keys and hosts. */
final class S3Errors {

    static final int NOT_FOUND = 404;
    static final int PRECONDITION_FAILED = 412;
    static final int CONFLICT = 409;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY = 429;
    private static final int SERVER_ERROR = 500;
    private static final int FULL = 507;

    private S3Errors() {}

    /** Runs {@code call}; {@code doing} begins the message when it fails. */
    static <T> T named(String doing, Supplier<T> call) {
        try {
            return call.get();
        } catch (S3Exception e) {
            throw refused(doing, e);
        } catch (SdkClientException e) {
            throw new ForetokenException(
                    ErrorCode.REGISTRY_UNAVAILABLE,
                    doing + " failed: the object storage cannot be reached, or there are no credentials for it",
                    e);
        }
    }

    static ForetokenException refused(String doing, S3Exception e) {
        AwsErrorDetails details = e.awsErrorDetails();
        String name = details == null || details.errorCode() == null ? "" : " " + details.errorCode();
        String answer = doing + " failed: the object storage answered " + e.statusCode() + name;
        return switch (e.statusCode()) {
            case FULL -> new ForetokenException(ErrorCode.STORAGE_FULL, answer, e);
            case UNAUTHORIZED, FORBIDDEN ->
                new ForetokenException(
                        ErrorCode.PERMISSION_DENIED, answer + "; check the credentials and what they may do", e);
            case NOT_FOUND -> new ForetokenException(ErrorCode.CONFIG_INVALID, answer + "; does the bucket exist?", e);
            case TOO_MANY -> new ForetokenException(ErrorCode.REGISTRY_UNAVAILABLE, answer, e);
            default ->
                new ForetokenException(
                        e.statusCode() >= SERVER_ERROR ? ErrorCode.REGISTRY_UNAVAILABLE : ErrorCode.INTERNAL_ERROR,
                        answer,
                        e);
        };
    }
}

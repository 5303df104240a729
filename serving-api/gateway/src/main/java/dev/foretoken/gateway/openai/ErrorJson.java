package dev.foretoken.gateway.openai;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.gateway.error.PublicError;
import dev.foretoken.gateway.json.JsonWriter;
import java.util.Locale;

/** OpenAI's error body: {@code {"error":{"message","type","param","code"}}}. */
public final class ErrorJson {

    private ErrorJson() {}

    public static void write(JsonWriter out, PublicError error) {
        out.raw("{\"error\":{\"message\":").string(error.message());
        out.raw(",\"type\":\"").raw(type(error.code())).raw("\",\"param\":");
        String param = error.param();
        if (param == null) {
            out.raw("null");
        } else {
            out.string(param);
        }
        out.raw(",\"code\":\"")
                .raw(error.code().name().toLowerCase(Locale.ROOT))
                .raw("\"}}");
    }

    /** OpenAI's classes of errors. */
    static String type(ErrorCode code) {
        return switch (code) {
            case UNAUTHENTICATED -> "authentication_error";
            case PERMISSION_DENIED, SIGNATURE_REFUSED -> "permission_error";
            case QUEUE_FULL, SHARE_FULL, RATE_LIMITED -> "rate_limit_error";
            case INVALID_REQUEST,
                    MODEL_NOT_FOUND,
                    ROUTE_NOT_FOUND,
                    CONTEXT_LENGTH_EXCEEDED,
                    PAYLOAD_TOO_LARGE,
                    UNSUPPORTED_FEATURE,
                    METHOD_NOT_ALLOWED,
                    UNSUPPORTED_MEDIA_TYPE,
                    TEMPLATE_FAILED,
                    CANCELLED,
                    CONFIG_INVALID,
                    MODEL_UNSUPPORTED,
                    REGISTRY_CONFLICT,
                    GATE_REFUSED,
                    JOB_NOT_FOUND,
                    FILE_NOT_FOUND,
                    JOB_CONFLICT -> "invalid_request_error";
            case DRAINING,
                    DEADLINE_EXCEEDED,
                    INSUFFICIENT_MEMORY,
                    REPLICA_UNAVAILABLE,
                    MODEL_LOADING,
                    STORAGE_FULL,
                    REGISTRY_UNAVAILABLE,
                    SOURCE_UNAVAILABLE -> "server_overloaded";
            case MODEL_FILE_CORRUPT, RUNTIME_FAILED, REPLICA_LOST, INTERNAL_ERROR -> "server_error";
        };
    }
}

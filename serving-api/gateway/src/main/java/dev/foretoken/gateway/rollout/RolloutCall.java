package dev.foretoken.gateway.rollout;

import org.jspecify.annotations.Nullable;

/**
 * What is known of a request when its variant is chosen.
 *
 * @param requestId as the caller named it, or the edge
 * @param consents whether the caller takes a cheaper variant under load
 * @param bound whether it belongs to a conversation whose state lies with the variant that the name leads to
 * @param arrivedAt on the clock of {@link dev.foretoken.gateway.answer.Answers#now}
 */
public record RolloutCall(
        String requestId, String tenant, boolean consents, boolean bound, Headers headers, long arrivedAt) {

    /** Header, or gRPC metadata, by which callers consent; its value is {@code true} or {@code false}. */
    public static final String CONSENT = "x-foretoken-allow-cheaper-variant";

    /** The same as a field of a body. */
    public static final String CONSENT_FIELD = "allow_cheaper_variant";

    /** The value of a header, or of gRPC metadata, by its name in lower case; null = not sent. */
    @FunctionalInterface
    public interface Headers {
        @Nullable
        String get(String name);
    }

    /** Whether the header says so. */
    public static boolean consents(Headers headers) {
        String value = headers.get(CONSENT);
        return value != null && value.strip().equalsIgnoreCase("true");
    }
}

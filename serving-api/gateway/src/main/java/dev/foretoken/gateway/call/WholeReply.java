package dev.foretoken.gateway.call;

import dev.foretoken.gateway.error.HttpStatus;
import dev.foretoken.gateway.error.PublicError;
import java.time.Duration;
import java.util.Map;

/**
 * A response that is complete.
 *
 * @param status of HTTP
 * @param type of the body
 * @param body not to be changed
 * @param headers beside those that say what the body is
 */
public record WholeReply(int status, String type, byte[] body, Map<String, String> headers) {

    /** Response header: the variant that answered. */
    public static final String VARIANT = "x-foretoken-variant";

    public static final String JSON = "application/json";

    private static final int OK = 200;

    public WholeReply {
        headers = Map.copyOf(headers);
    }

    static WholeReply answered(String type, byte[] body, Map<String, String> headers) {
        return new WholeReply(OK, type, body, headers);
    }

    /** In the form that clients of the route know. */
    public static WholeReply of(PublicError error, ErrorForm form) {
        Duration retryAfter = error.retryAfter();
        return new WholeReply(
                HttpStatus.of(error.code()),
                JSON,
                form.write(error).toBytes(),
                retryAfter == null ? Map.of() : Map.of("retry-after", Long.toString(seconds(retryAfter))));
    }

    /** Rounded up, at least one: a client that comes back too early is refused again. */
    private static long seconds(Duration retryAfter) {
        return Math.max(1, (retryAfter.toMillis() + 999) / 1000);
    }
}

package dev.foretoken.contract.request;

import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The span that caused a request, as in the header {@code traceparent} of the W3C's Trace Context.
 *
 * @param text of version 00: {@code 00-TRACE-SPAN-FLAGS} in lower-case hexadecimal digits; empty = none
 */
public record TraceParent(String text) {

    public static final TraceParent NONE = new TraceParent("");

    /** An id of zeros alone is none. */
    private static final Pattern FORM = Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    /** Takes what is well formed; anything else means that nothing caused it, as the recommendation asks. */
    public static TraceParent parse(@Nullable String sent) {
        String text = Objects.requireNonNullElse(sent, "");
        return FORM.matcher(text).matches() ? new TraceParent(text) : NONE;
    }

    public boolean isEmpty() {
        return text.isEmpty();
    }

    /** 32 digits. Not of {@link #NONE}. */
    public String traceId() {
        return text.substring(3, 35);
    }

    /** 16 digits. Not of {@link #NONE}. */
    public String spanId() {
        return text.substring(36, 52);
    }

    /** 2 digits. Not of {@link #NONE}. */
    public String flags() {
        return text.substring(53);
    }
}

package dev.foretoken.gateway.openai;

import dev.foretoken.contract.ForetokenException;
import java.math.BigDecimal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads {@code x-request-timeout}: seconds, fractions allowed, from arrival to the last token. */
public final class TimeoutHeader {

    public static final String NAME = "x-request-timeout";

    private static final int MAX_LENGTH = 16;

    private TimeoutHeader() {}

    /** Null = not sent. @throws ForetokenException INVALID_REQUEST */
    public static @Nullable Duration read(PrefillHeaders.Headers headers) {
        String value = headers.get(NAME);
        return value == null ? null : parse(value.strip());
    }

    /** What {@link #read} reads as {@code time}, to the millisecond below. */
    public static String text(Duration time) {
        return BigDecimal.valueOf(time.toMillis(), 3).toPlainString();
    }

    static Duration parse(String value) {
        try {
            if (value.length() <= MAX_LENGTH && value.matches("[0-9]*\\.?[0-9]+")) {
                return Duration.ofNanos(
                        new BigDecimal(value).movePointRight(9).toBigInteger().longValueExact());
            }
        } catch (ArithmeticException e) {
            // Out of range: refused below like every other text that is not a time.
        }
        throw ForetokenException.invalid(NAME, NAME + " must be a positive number of seconds, such as 30 or 2.5");
    }
}

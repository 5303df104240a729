package dev.foretoken.gateway.openai;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.gateway.model.PrefillChoice;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a prompt is to come into the caches, for callers whose client cannot add fields to a body. */
public final class PrefillHeaders {

    /** Also a response header: how it came into them. */
    public static final String MODE = "x-foretoken-prefill-mode";

    static final String REPAIR = "x-foretoken-repair-by";
    static final String OBJECTIVE = "x-foretoken-ttft-objective-ms";
    /** What gateways of llm-d write for the same. */
    static final String OBJECTIVE_OF_LLM_D = "x-llm-d-slo-ttft-ms";

    private static final int MAX_DIGITS = 12;

    private PrefillHeaders() {}

    /** With the headers for the timeout and the priority. @throws ForetokenException INVALID_REQUEST */
    public static RequestHeaders read(Headers headers) {
        return new RequestHeaders(
                ServiceHeaders.read(headers),
                new PrefillChoice(mode(headers.get(MODE)), repair(headers.get(REPAIR)), objective(headers)));
    }

    /** The value of a header by name; null = not sent. */
    @FunctionalInterface
    public interface Headers {
        @Nullable
        String get(String name);
    }

    private static @Nullable PrefillMode mode(@Nullable String value) {
        return value == null
                ? null
                : PrefillChoice.mode(value.strip()).orElseThrow(() -> refused(MODE, PrefillChoice.MODES));
    }

    private static @Nullable Repair repair(@Nullable String value) {
        return value == null
                ? null
                : PrefillChoice.repair(value.strip()).orElseThrow(() -> refused(REPAIR, PrefillChoice.REPAIRS));
    }

    private static @Nullable Duration objective(Headers headers) {
        String own = headers.get(OBJECTIVE);
        return own == null ? millis(OBJECTIVE_OF_LLM_D, headers.get(OBJECTIVE_OF_LLM_D)) : millis(OBJECTIVE, own);
    }

    private static @Nullable Duration millis(String name, @Nullable String value) {
        if (value == null) {
            return null;
        }
        String digits = value.strip();
        if (digits.length() > MAX_DIGITS || !digits.matches("[0-9]+")) {
            throw refused(name, "a whole number of milliseconds, such as 500");
        }
        return Duration.ofMillis(Long.parseLong(digits));
    }

    private static ForetokenException refused(String name, String expected) {
        return ForetokenException.invalid(name, name + " must be " + expected);
    }
}

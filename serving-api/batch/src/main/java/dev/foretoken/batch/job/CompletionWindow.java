package dev.foretoken.batch.job;

import dev.foretoken.contract.ForetokenException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The time that a job has, as it is written: {@code 24h}, {@code 30m}, {@code 7d}. */
final class CompletionWindow {

    private static final Pattern FORM = Pattern.compile("([0-9]{1,5})([mhd])");
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofDays(14);

    private CompletionWindow() {}

    /** @throws ForetokenException INVALID_REQUEST */
    static Duration parse(String text) {
        Matcher form = FORM.matcher(text);
        if (form.matches()) {
            Duration window = duration(Integer.parseInt(form.group(1)), form.group(2));
            if (window.compareTo(SHORTEST) >= 0 && window.compareTo(LONGEST) <= 0) {
                return window;
            }
        }
        throw ForetokenException.invalid(
                "completion_window", "completion_window must be a number and m, h or d, from 1m to 14d, such as 24h");
    }

    private static Duration duration(int number, String unit) {
        return switch (unit) {
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }
}

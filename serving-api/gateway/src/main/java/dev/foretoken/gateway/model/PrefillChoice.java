package dev.foretoken.gateway.model;

import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.Repair;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What was said about how a prompt comes into the caches: by a request, or for all requests of a model. Null = nothing.
 *
 * @param repair of predicted keys and values
 * @param ttftObjective time to first token that is hoped for
 */
public record PrefillChoice(
        @Nullable PrefillMode mode,
        @Nullable Repair repair,
        @Nullable Duration ttftObjective) {

    public static final PrefillChoice NONE = new PrefillChoice(null, null, null);

    /** What {@link #mode(String)} reads, in words. */
    public static final String MODES = "exact, predicted or auto";
    /** What {@link #repair(String)} reads, in words. */
    public static final String REPAIRS = "slack, never, or after how many generated tokens (at least 1)";

    private static final int MAX_DIGITS = 9;

    /** Each part as it is said here, else as {@code fallback} says it. */
    public PrefillChoice or(PrefillChoice fallback) {
        return new PrefillChoice(
                mode == null ? fallback.mode : mode,
                repair == null ? fallback.repair : repair,
                ttftObjective == null ? fallback.ttftObjective : ttftObjective);
    }

    /** What callers write, and read, for a mode. */
    public static String text(PrefillMode mode) {
        return mode.name().toLowerCase(Locale.ROOT);
    }

    /** Empty for a text that is none of {@link #MODES}. */
    public static Optional<PrefillMode> mode(String text) {
        return switch (text) {
            case "exact" -> Optional.of(PrefillMode.EXACT);
            case "predicted" -> Optional.of(PrefillMode.PREDICTED);
            case "auto" -> Optional.of(PrefillMode.AUTO);
            default -> Optional.empty();
        };
    }

    /** Empty for a text that is none of {@link #REPAIRS}. */
    public static Optional<Repair> repair(String text) {
        return switch (text) {
            case "slack" -> Optional.of(Repair.SLACK);
            case "never" -> Optional.of(Repair.NEVER);
            default ->
                text.length() <= MAX_DIGITS && text.matches("0*[1-9][0-9]*")
                        ? Optional.of(new Repair.After(Integer.parseInt(text)))
                        : Optional.empty();
        };
    }
}

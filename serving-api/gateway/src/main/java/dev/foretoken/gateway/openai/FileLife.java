package dev.foretoken.gateway.openai;

import dev.foretoken.contract.ForetokenException;
import java.time.Duration;
import java.util.Optional;

/** How long a file is to be kept: {@code {"anchor":"created_at","seconds":3600}}. */
public final class FileLife {

    private static final long SHORTEST = Duration.ofHours(1).toSeconds();
    private static final long LONGEST = Duration.ofDays(30).toSeconds();

    private FileLife() {}

    /**
     * Of the fields of a form.
     *
     * @return empty where neither was sent
     * @throws ForetokenException INVALID_REQUEST
     */
    public static Optional<Duration> of(Optional<String> anchor, Optional<String> seconds) {
        return anchor.isEmpty() && seconds.isEmpty()
                ? Optional.empty()
                : Optional.of(of("expires_after", anchor.orElse(""), seconds.orElse("")));
    }

    /** @param field that holds both, for the refusal */
    static Duration of(String field, String anchor, String seconds) {
        boolean number = seconds.matches("[0-9]{1,9}");
        if (!anchor.equals("created_at")
                || !number
                || Long.parseLong(seconds) < SHORTEST
                || Long.parseLong(seconds) > LONGEST) {
            throw ForetokenException.invalid(
                    field, field + " must have the anchor created_at and seconds from " + SHORTEST + " to " + LONGEST);
        }
        return Duration.ofSeconds(Long.parseLong(seconds));
    }
}

package dev.foretoken.batch.store;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Where a job is. */
public enum JobState {
    /** Its file is being checked. */
    VALIDATING,
    /** Its file was refused. */
    FAILED,
    /** Its requests run. */
    IN_PROGRESS,
    /** Every request is answered, and its files are written. */
    FINALIZING,
    COMPLETED,
    /** Its time was over before every request was answered. */
    EXPIRED,
    /** It was cancelled, and what runs of it ends. */
    CANCELLING,
    CANCELLED,
    ;

    public static JobState of(String text) {
        return Arrays.stream(values())
                .filter(state -> state.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the database names a state that there is not: " + text));
    }

    /** As callers read it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether nothing happens to it any more. */
    public boolean isOver() {
        return switch (this) {
            case FAILED, COMPLETED, EXPIRED, CANCELLED -> true;
            case VALIDATING, IN_PROGRESS, FINALIZING, CANCELLING -> false;
        };
    }

    static List<JobState> open() {
        return Arrays.stream(values()).filter(state -> !state.isOver()).toList();
    }
}

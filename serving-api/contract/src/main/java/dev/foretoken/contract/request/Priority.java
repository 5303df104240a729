package dev.foretoken.contract.request;

import java.util.Optional;

/** Strict service classes, most urgent first. A lower class runs in what the higher ones leave. */
public enum Priority {
    HIGH,
    NORMAL,
    LOW,
    /** Offline work: only when nothing interactive waits. */
    BATCH,
    ;

    /** What {@link #find} knows, for those who were told another name. */
    public static final String NAMES = "interactive (or high), standard (or normal), low, or batch";

    /** The class that is called so outside; empty for a name that is none. */
    public static Optional<Priority> find(String name) {
        return switch (name) {
            case "interactive", "high" -> Optional.of(HIGH);
            case "standard", "normal" -> Optional.of(NORMAL);
            case "low" -> Optional.of(LOW);
            case "batch" -> Optional.of(BATCH);
            default -> Optional.empty();
        };
    }

    /** One that {@link #find} knows. */
    public String publicName() {
        return switch (this) {
            case HIGH -> "interactive";
            case NORMAL -> "standard";
            case LOW -> "low";
            case BATCH -> "batch";
        };
    }
}

package dev.foretoken.gateway.tenant;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.Priority;
import java.util.Optional;

/** What the classes are called outside. */
public final class PriorityNames {

    /** Says the class of a request whose body does not. */
    public static final String HEADER = "x-foretoken-priority";

    private static final String EXPECTED = "interactive (or high), standard (or normal), low, or batch";

    private PriorityNames() {}

    /** Empty for a name that is none. */
    public static Optional<Priority> find(String name) {
        return switch (name) {
            case "interactive", "high" -> Optional.of(Priority.HIGH);
            case "standard", "normal" -> Optional.of(Priority.NORMAL);
            case "low" -> Optional.of(Priority.LOW);
            case "batch" -> Optional.of(Priority.BATCH);
            default -> Optional.empty();
        };
    }

    /** One that {@link #find} knows. */
    public static String name(Priority priority) {
        return switch (priority) {
            case HIGH -> "interactive";
            case NORMAL -> "standard";
            case LOW -> "low";
            case BATCH -> "batch";
        };
    }

    /** @throws ForetokenException INVALID_REQUEST naming {@code param} */
    public static Priority parse(String name, String param) {
        return find(name).orElseThrow(() -> ForetokenException.invalid(param, param + " must be " + EXPECTED));
    }
}

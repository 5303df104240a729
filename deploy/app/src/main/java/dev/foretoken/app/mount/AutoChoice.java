package dev.foretoken.app.mount;

import dev.foretoken.registry.VariantDetail;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The variant that {@code auto} stands for, and why.
 *
 * @param passedOver why each other variant is not it, by its name
 */
record AutoChoice(VariantDetail chosen, String because, Map<String, String> passedOver) {
    AutoChoice {
        passedOver = Map.copyOf(passedOver);
    }

    /** One line for a log. */
    String sentence() {
        String others = new TreeMap<>(passedOver)
                .entrySet().stream()
                        .map(other -> other.getKey() + ": " + other.getValue())
                        .collect(Collectors.joining("; "));
        return chosen.ref() + ", " + because + (others.isEmpty() ? "" : " (" + others + ")");
    }
}

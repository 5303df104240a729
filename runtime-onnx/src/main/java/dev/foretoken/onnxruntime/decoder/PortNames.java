package dev.foretoken.onnxruntime.decoder;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * How the inputs and outputs of a decoder are called.
 *
 * @param roles names of inputs and outputs by what they are customarily called, where they are called otherwise
 * @param caches names of caches, by the input's, with {@code %d} for the layer, where they do not follow a custom
 */
public record PortNames(Map<String, String> roles, Map<String, String> caches) {

    /** {@code past_key_values.N.key -> present.N.key} and the like. */
    public static final PortNames CUSTOMARY = new PortNames(Map.of(), Map.of());

    public PortNames {
        roles = Map.copyOf(roles);
        caches = Map.copyOf(caches);
    }

    String of(String role) {
        return roles.getOrDefault(role, role);
    }

    /** The output that becomes {@code input} in the next run. */
    Optional<String> output(String input, Collection<String> outputs) {
        List<String> candidates = new ArrayList<>();
        caches.forEach((past, present) -> layer(past, input).ifPresent(layer -> candidates.add(named(present, layer))));
        if (input.contains("past")) {
            Stream.of(
                            input.replaceFirst("past_key_values", "present"),
                            input.replaceFirst("past_key_values", "present_key_values"),
                            input.replaceFirst("past", "present"))
                    .forEach(candidates::add);
        }
        return candidates.stream().filter(outputs::contains).findFirst();
    }

    private static String named(String template, String layer) {
        return template.replace("%d", layer);
    }

    private static Optional<String> layer(String template, String name) {
        String number = "(\\d+)";
        int at = template.indexOf("%d");
        if (at < 0) {
            return Optional.empty();
        }
        String pattern = Pattern.quote(template.substring(0, at)) + number + Pattern.quote(template.substring(at + 2));
        Matcher matcher = Pattern.compile(pattern).matcher(name);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}

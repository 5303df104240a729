package dev.foretoken.helm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What stands behind {@code @schema}: {@code KEY:VALUE}, more of them separated by {@code "; "}.
 *
 * @param all by key, in their order
 */
record SchemaRules(Map<String, String> all) {

    static final SchemaRules NONE = new SchemaRules(Map.of());

    private static final List<String> KNOWN = List.of(
            "minimum",
            "maximum",
            "minLength",
            "maxLength",
            "pattern",
            "not",
            "enum",
            "items",
            "itemsLike",
            "itemsRequired",
            "keys",
            "values");

    /** @throws IllegalArgumentException for a key that means nothing */
    static SchemaRules parse(String text) {
        Map<String, String> rules = new LinkedHashMap<>();
        for (String rule : text.strip().split(";\\s+")) {
            int colon = rule.indexOf(':');
            String key = colon < 0 ? rule : rule.substring(0, colon);
            if (colon < 0 || !KNOWN.contains(key)) {
                throw new IllegalArgumentException("@schema " + rule + " must be KEY:VALUE with one of " + KNOWN);
            }
            rules.put(key, rule.substring(colon + 1).strip());
        }
        return new SchemaRules(rules);
    }

    Optional<String> get(String key) {
        return Optional.ofNullable(all.get(key));
    }

    /** A rule with several words, separated by commas. */
    List<String> words(String key) {
        return get(key).map(text -> List.of(text.split(","))).orElse(List.of());
    }
}

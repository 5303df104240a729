package dev.foretoken.e2e.observe;

import dev.foretoken.e2e.server.Metrics;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which series metrics pages show: names, each with its labels and those that a scraper adds. */
final class Shown {

    /** By whoever scrapes. */
    static final Set<String> ADDED = Set.of("job", "instance");

    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"(?:[^\"\\\\]|\\\\.)*\"");

    private final Map<String, Set<String>> byName = new HashMap<>();

    Shown(Metrics... pages) {
        for (Metrics page : pages) {
            page.names().forEach(name -> page.labels(name).forEach(labels -> add(name, labels)));
        }
    }

    private void add(String name, String labels) {
        Set<String> known = byName.computeIfAbsent(name, any -> new HashSet<>(ADDED));
        Matcher matcher = LABEL.matcher(labels);
        while (matcher.find()) {
            known.add(matcher.group(1));
        }
    }

    /** Empty when there is no series of that name. */
    Set<String> labels(String name) {
        return byName.getOrDefault(name, Set.of());
    }
}

package dev.foretoken.e2e.observe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.e2e.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * One expression of a dashboard or an alert rule.
 *
 * @param where file and title
 * @param shown labels that its legend or its message shows
 */
record Watched(String where, Expression expression, Set<String> shown) {

    /** How the name of the one dashboard ends whose metrics only a server with rollouts has. */
    static final String ROLLOUTS = "rollouts.json";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern LEGEND = Pattern.compile("\\{\\{\\s*([a-z_]+)\\s*}}");
    private static final Pattern MESSAGE = Pattern.compile("\\$labels\\.([a-z_]+)");
    private static final Pattern VALUES = Pattern.compile("label_values\\(([a-zA-Z0-9_:]+), ([a-z_]+)\\)");

    static Watched of(String where, String expression, Pattern labels, String text) {
        return new Watched(where, Expression.parse(expression), labels(labels, text));
    }

    private static Set<String> labels(Pattern pattern, String text) {
        Set<String> found = new HashSet<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    /** Files below deploy/grafana, by name; at least one, so that a test of them tests something. */
    static List<Path> files(String folder, String ending) {
        try (Stream<Path> all =
                Files.list(Checkout.root().resolve("deploy/grafana").resolve(folder))) {
            List<Path> found = all.filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
            if (found.isEmpty()) {
                throw new AssertionError("no " + ending + " in deploy/grafana/" + folder);
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Watched> dashboard(Path file) {
        try {
            JsonNode board = JSON.readTree(file.toFile());
            List<Watched> found = new ArrayList<>();
            for (JsonNode panel : board.path("panels")) {
                String where = file.getFileName() + ": " + panel.path("title").asText();
                for (JsonNode target : panel.path("targets")) {
                    found.add(of(
                            where,
                            target.path("expr").asText(),
                            LEGEND,
                            target.path("legendFormat").asText()));
                }
            }
            for (JsonNode variable : board.at("/templating/list")) {
                variable(file, variable).forEach(found::add);
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Watched> variable(Path file, JsonNode variable) {
        Matcher values = VALUES.matcher(variable.path("definition").asText());
        return values.matches()
                ? Stream.of(of(
                        file.getFileName() + ": variable "
                                + variable.path("name").asText(),
                        "sum by (" + values.group(2) + ") (" + values.group(1) + ")",
                        LEGEND,
                        ""))
                : Stream.of();
    }

    static List<Watched> rules(Path file) {
        try {
            JsonNode rules = JSON.valueToTree(
                    new Yaml(new SafeConstructor(new LoaderOptions())).<Object>load(Files.readString(file)));
            List<Watched> found = new ArrayList<>();
            for (JsonNode group : rules.path("groups")) {
                for (JsonNode rule : group.path("rules")) {
                    found.add(of(
                            file.getFileName() + ": " + rule.path("alert").asText(),
                            rule.path("expr").asText(),
                            MESSAGE,
                            rule.path("annotations").toString()));
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Of a rule: its alert. */
    String name() {
        return where.substring(where.indexOf(": ") + 2);
    }

    /** What it names that no page shows; empty when all is well. */
    List<String> missing(Shown page) {
        List<String> wrong = new ArrayList<>();
        Set<String> labels = new HashSet<>(Shown.ADDED);
        expression.metrics().forEach((metric, selected) -> {
            Set<String> known = page.labels(metric);
            if (known.isEmpty()) {
                wrong.add("no metric " + metric);
            } else {
                selected.stream()
                        .filter(label -> !known.contains(label))
                        .forEach(label -> wrong.add(metric + " has no label " + label));
            }
            labels.addAll(known);
        });
        if (expression.metrics().isEmpty()) {
            wrong.add("names no metric: " + expression.text());
        }
        expression.grouped().stream()
                .filter(label -> !labels.contains(label))
                .forEach(label -> wrong.add("nothing has a label " + label));
        shown.stream()
                .filter(label -> !expression.grouped().contains(label))
                .forEach(label -> wrong.add("shows " + label + ", which the expression does not keep"));
        return wrong.stream().map(text -> where + ": " + text).toList();
    }
}

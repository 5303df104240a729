package dev.foretoken.e2e.observe;

import dev.foretoken.e2e.server.Metrics;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Series as {@code promtool test rules} takes them: what metrics pages of a server showed, which stands still, and what a test has become of it.
 *
 * @param values one a minute, in promtool's notation, by series
 */
record InputSeries(Map<Series, String> values) {

    /** @param labels in the order of their names, with those that a scraper adds */
    record Series(String name, Map<String, String> labels) {

        Series with(Map<String, String> others) {
            Map<String, String> all = new TreeMap<>(labels);
            all.putAll(others);
            return new Series(name, all);
        }

        String text() {
            StringBuilder text = new StringBuilder(name).append('{');
            labels.forEach((label, value) ->
                    text.append(label).append("=\"").append(value).append("\","));
            return text.append('}').toString();
        }
    }

    private static final int MINUTES = 60;
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** Of these metrics alone, and without their change. {@code pages}: by the instance that a scraper would call them. */
    static InputSeries of(Map<String, Metrics> pages, Set<String> metrics) {
        Map<Series, String> values = new LinkedHashMap<>();
        pages.forEach((instance, page) -> {
            for (String metric : metrics) {
                page.values(metric).forEach((labels, value) -> {
                    if (Double.isFinite(value)) {
                        values.put(series(metric, labels, instance), steady(value));
                    }
                });
            }
        });
        return new InputSeries(values);
    }

    private static Series series(String metric, String text, String instance) {
        Map<String, String> labels = new TreeMap<>(Map.of("job", "foretoken", "instance", instance));
        Matcher matcher = LABEL.matcher(text);
        while (matcher.find()) {
            labels.put(matcher.group(1), matcher.group(2));
        }
        return new Series(metric, labels);
    }

    private static String plain(double value) {
        return BigDecimal.valueOf(value).toPlainString();
    }

    static String steady(double value) {
        return plain(value) + "+0x" + MINUTES;
    }

    /** Nothing before this minute. */
    static String from(int minute, double value) {
        return "0x" + (minute - 1) + " " + plain(value) + "x" + (MINUTES - minute);
    }

    /** Nothing before and after this minute. */
    static String once(int minute, double value) {
        return "0x" + (minute - 1) + " " + plain(value) + " 0x" + (MINUTES - minute - 1);
    }

    /** Nothing in every fourth minute. */
    static String mostly(double value) {
        return (plain(value) + "x2 0 ").repeat(MINUTES / 4).strip();
    }

    /** From nothing, so much more every minute. */
    static String rising(double aMinute) {
        return "0+" + plain(aMinute) + "x" + MINUTES;
    }

    /**
     * The same, with other values for the metric's series that {@code change} makes something of; where it changes labels, such a series is added.
     *
     * @param change of each series; itself when it is the one
     * @throws AssertionError where the server shows no series of that metric
     */
    InputSeries change(String metric, UnaryOperator<Series> change, String becomes) {
        List<Series> found = new ArrayList<>();
        values.keySet().stream().filter(series -> series.name().equals(metric)).forEach(found::add);
        if (found.isEmpty()) {
            throw new AssertionError("the server shows no " + metric);
        }
        Map<Series, String> changed = new LinkedHashMap<>(values);
        new LinkedHashSet<>(found).forEach(series -> changed.put(change.apply(series), becomes));
        return new InputSeries(changed);
    }

    InputSeries change(String metric, String becomes) {
        return change(metric, UnaryOperator.identity(), becomes);
    }

    /** Buckets below the bound stay where they are: nothing new is as fast as that. */
    InputSeries slower(String histogram, double bound, String becomes) {
        Map<Series, String> changed = new LinkedHashMap<>(values);
        int count = 0;
        for (Series series : values.keySet()) {
            if (series.name().equals(histogram) && bound(series) > bound) {
                changed.put(series, becomes);
                count++;
            }
        }
        if (count == 0) {
            throw new AssertionError("the server shows no " + histogram + " beyond " + bound);
        }
        return new InputSeries(changed);
    }

    private static double bound(Series series) {
        String bound = series.labels().getOrDefault("le", "");
        return bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound);
    }

    /** As entries of a test file's {@code input_series}. */
    List<Map<String, String>> entries() {
        return values.entrySet().stream()
                .map(entry -> Map.of("series", entry.getKey().text(), "values", entry.getValue()))
                .toList();
    }
}

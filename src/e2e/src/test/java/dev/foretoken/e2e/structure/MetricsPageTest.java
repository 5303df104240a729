package dev.foretoken.e2e.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What {@code src/docs/observability.md} calls our own metrics are those that the code counts. */
class MetricsPageTest {

    private static final Path PAGE = Path.of("src/docs/observability.md");
    private static final Pattern LITERAL = Pattern.compile("\"(foretoken_[a-z_]+)\"");
    /** One that ends in an underscore stands on the page for all that begin so. */
    private static final Pattern NAMED = Pattern.compile("(foretoken_[a-z_]+)");

    private static String text(Path file) {
        return String.join("\n", SourceTree.lines(file));
    }

    private static Set<String> names(Pattern pattern, String text) {
        Set<String> found = new TreeSet<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private static Set<String> counted() {
        Set<String> found = new TreeSet<>();
        for (Path file : SourceTree.mainFiles()) {
            String text = text(file);
            if (text.contains("Metric.of(")) {
                found.addAll(names(LITERAL, text));
            }
        }
        assertThat(found).hasSizeGreaterThan(50);
        return found;
    }

    private static boolean covers(String named, String metric) {
        return named.endsWith("_") ? metric.startsWith(named) : metric.equals(named);
    }

    @Test
    void everyMetricIsOnThePage() {
        Set<String> named = names(NAMED, text(PAGE));
        List<String> absent = counted().stream()
                .filter(metric -> named.stream().noneMatch(name -> covers(name, metric)))
                .toList();
        assertThat(absent).as("metrics that %s does not name", PAGE).isEmpty();
    }

    /** OpenMetrics calls the family of a counter by its name without {@code _total}. */
    @Test
    void noCounterIsOfTheFamilyOfAnother() {
        Set<String> counted = counted();
        assertThat(counted)
                .noneMatch(name -> name.endsWith("_total")
                        && counted.contains(name.substring(0, name.length() - "_total".length())));
    }

    @Test
    void thePageNamesNoOther() {
        Set<String> counted = counted();
        List<String> unknown = names(NAMED, text(PAGE)).stream()
                .filter(name -> counted.stream().noneMatch(metric -> covers(name, metric)))
                .toList();
        assertThat(unknown).as("names in %s that nothing counts", PAGE).isEmpty();
    }
}

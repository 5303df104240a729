package dev.foretoken.e2e.structure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What {@code src/docs/security.md} promises of each class of attack is held by tests that there are. */
class SecurityPageTest {

    /** Of the record that the page goes by; a class that becomes known later is a row more. */
    private static final int CLASSES = 17;

    private static final Pattern ROW = Pattern.compile("\\| (\\d+) \\| ([^|]+) \\| ([^|]+) \\| ([^|]+) \\|");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+)\\.(\\w+)`");

    private final List<MatchResult> rows = SourceTree.lines(Path.of("src/docs/security.md")).stream()
            .map(ROW::matcher)
            .filter(row -> row.matches())
            .map(row -> row.toMatchResult())
            .toList();

    @Test
    void everyClassHasARowWithTestsAndWhatHappens() {
        assertThat(rows.stream().map(row -> Integer.parseInt(row.group(1))))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, CLASSES).boxed().toList());
        assertThat(rows).allSatisfy(row -> {
            assertThat(row.group(3).split(", "))
                    .as(row.group(2))
                    .allMatch(cell -> TEST.matcher(cell).matches());
            assertThat(row.group(4)).as(row.group(2)).endsWith(".");
        });
    }

    @Test
    void everyTestThatThePageNamesIsOne() {
        Map<String, Set<String>> tests = tests();
        rows.forEach(row -> TEST.matcher(row.group(3))
                .results()
                .forEach(test -> assertThat(tests.getOrDefault(test.group(1), Set.of()))
                        .as("tests of %s, for %s", test.group(1), row.group(2))
                        .contains(test.group(2))));
    }

    private static Map<String, Set<String>> tests() {
        Map<String, Set<String>> tests = new HashMap<>();
        for (Path file : SourceTree.testFiles()) {
            String name = file.getFileName().toString().replace(".java", "");
            List<String> lines = SourceTree.lines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).matches("    @(Test|ParameterizedTest)\\b.*")) {
                    tests.computeIfAbsent(name, any -> new HashSet<>()).add(methodBelow(lines, i));
                }
            }
        }
        return tests;
    }

    private static String methodBelow(List<String> lines, int annotation) {
        return lines.stream()
                .skip(annotation)
                .filter(line -> line.matches("    (public )?void \\w+\\(.*"))
                .findFirst()
                .map(line -> line.replaceFirst(".*void (\\w+)\\(.*", "$1"))
                .orElse("");
    }
}

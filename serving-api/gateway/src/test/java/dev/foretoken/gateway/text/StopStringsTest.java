package dev.foretoken.gateway.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StopStringsTest {
    @Test
    void findsAStopAcrossPiecesAndSendsNoneOfIt() {
        StopStrings stops = new StopStrings(List.of("END"), false);
        assertThat(stops.append("abcE")).isEqualTo(new StopStrings.Scan("abc", null, 0));
        assertThat(stops.append("N")).isEqualTo(new StopStrings.Scan("", null, 0));
        assertThat(stops.append("D rest")).isEqualTo(new StopStrings.Scan("", "END", 5));
    }

    @Test
    void keepsTheStopInTheTextWhenAsked() {
        StopStrings stops = new StopStrings(List.of("END"), true);
        assertThat(stops.append("abcEND rest")).isEqualTo(new StopStrings.Scan("abcEND", "END", 5));
    }

    @Test
    void releasesAPartialMatchOnceItFailsButKeepsWhatMayStillMatch() {
        StopStrings stops = new StopStrings(List.of("aab"), false);
        assertThat(stops.append("aaa").text()).isEqualTo("a");
        assertThat(stops.append("c").text()).isEqualTo("aac");
        assertThat(stops.append("aa").text()).isEmpty();
        assertThat(stops.finish()).isEqualTo("aa");
    }

    @Test
    void takesTheStopThatIsCompleteFirstAndOfThoseTheLongest() {
        assertThat(new StopStrings(List.of("abcd", "bc"), false).append("xabcd").stop())
                .isEqualTo("bc");
        assertThat(new StopStrings(List.of("bc", "abc"), false).append("xabc"))
                .isEqualTo(new StopStrings.Scan("x", "abc", 0));
    }

    @Test
    void withoutStopsHoldsNothingBack() {
        assertThat(new StopStrings(List.of(), false).append("any text").text()).isEqualTo("any text");
    }

    @Test
    void refusesAnEmptyStop() {
        assertThatThrownBy(() -> new StopStrings(List.of("a", ""), false))
                .hasMessage("A stop string is empty, expected at least one character");
    }

    @Test
    void answersTheSameHoweverTheTextIsCut() {
        Random random = new Random(11);
        for (int round = 0; round < 5_000; round++) {
            String text = letters(random, 30);
            List<String> stops = IntStream.range(0, 1 + random.nextInt(3))
                    .mapToObj(i -> letters(random, 1 + random.nextInt(5)))
                    .toList();
            boolean include = random.nextBoolean();
            assertThat(cut(text, stops, include, random)).as(text + stops).isEqualTo(expected(text, stops, include));
        }
    }

    private static String cut(String text, List<String> stops, boolean include, Random random) {
        StopStrings scanner = new StopStrings(stops, include);
        StringBuilder sent = new StringBuilder();
        for (int from = 0; from < text.length(); ) {
            int to = Math.min(text.length(), from + 1 + random.nextInt(4));
            StopStrings.Scan scan = scanner.append(text.substring(from, to));
            sent.append(scan.text());
            if (scan.stopped()) {
                return sent + "|" + scan.stop() + "|" + (to - scan.surplusCharacters());
            }
            from = to;
        }
        return sent + scanner.finish() + "|null|" + text.length();
    }

    /** The definition, without any cleverness: the first end, there the longest stop. */
    private static String expected(String text, List<String> stops, boolean include) {
        for (int end = 1; end <= text.length(); end++) {
            String read = text.substring(0, end);
            String best = stops.stream()
                    .filter(read::endsWith)
                    .max((a, b) -> a.length() - b.length())
                    .orElse(null);
            if (best != null) {
                return (include ? read : read.substring(0, end - best.length())) + "|" + best + "|" + end;
            }
        }
        return text + "|null|" + text.length();
    }

    private static String letters(Random random, int length) {
        return random.ints(length, 'a', 'd')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}

package dev.foretoken.gateway.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.gateway.template.value.Dict;
import dev.foretoken.gateway.template.value.JsonData;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateLimitsTest {
    private static final TemplateLimits SMALL = new TemplateLimits(2_000, 5_000, 100, 1_000, 20_000, 50);

    @Test
    void boundsTheSource() {
        assertThatThrownBy(() -> ChatTemplate.compile("x".repeat(2_001), SMALL))
                .hasMessage("The chat template has 2001 characters, at most 2000 are allowed");
        assertThat(render("x".repeat(1_000))).hasSize(1_000);
    }

    @Test
    void boundsTheSteps() {
        assertFails(
                "{% for a in range(50) %}{% for b in range(50) %}{% for c in range(50) %}{% endfor %}{% endfor %}{% endfor %}",
                "the template needs more than 5000 steps");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% macro m(x) %}{{ m(x) }}{% endmacro %}{{ m(1) }}",
                "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
                "{% set ns = namespace(l=[]) %}{% for i in range(50) %}{% set ns.l = [[[ns.l]]] %}{% endfor %}{{ ns.l }}",
            })
    void boundsTheDepth(String source) {
        assertFails(source, "the template nests deeper than 100 levels");
    }

    @ParameterizedTest
    @CsvSource({"(, )", "[, ]", "'not ', ''", "'-', ''", "x[, ]"})
    void boundsTheDepthOfTheSourceItself(String opening, String closing) {
        String source = "{{ " + opening.repeat(10_000) + "1" + closing.repeat(10_000) + " }}";
        assertThatThrownBy(() -> ChatTemplate.compile(source))
                .hasMessage("The chat template failed in line 1: the template nests deeper than 100 levels");
    }

    @Test
    @Timeout(10)
    void takesInKeysOfOneHashWithoutComparingAllWithAll() {
        Map<String, Integer> parameters = new HashMap<>();
        for (int i = 0; i < 1 << 15; i++) {
            parameters.put(oneOfManyOfOneHash(i), i);
        }
        assertThat(JsonData.of(parameters))
                .isInstanceOfSatisfying(
                        Dict.class, dict -> assertThat(dict.entries()).hasSize(1 << 15));
    }

    /** "Aa" and "BB" have one hash, and so has every text made of as many of them. */
    private static String oneOfManyOfOneHash(int number) {
        StringBuilder text = new StringBuilder();
        for (int bit = 0; bit < 15; bit++) {
            text.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return text.toString();
    }

    @Test
    void boundsTheOutput() {
        assertFails("{{ 'x' * 600 }}{{ 'x' * 600 }}", "the output has more than 1000 characters");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ 'x' * 30000 }}",
                "{{ 'x' * 9999999999999 }}",
                "{{ ('x' * 200).replace('x', 'y' * 200) }}",
                "{{ ('y' * 300).join('x' * 100) }}",
                "{{ range(50) | join('y' * 1000) }}",
                "{{ 'x'.center(30000) }}",
                "{{ 'x'.zfill(30000) }}",
                "{{ ('x\\n' * 200) | indent(300) }}",
                "{{ '%9999d%9999d%9999d' % (1, 2, 3) }}",
                "{{ '{:9999}{:9999}{:9999}'.format(1, 2, 3) }}",
                "{% set ns = namespace(s='x') %}{% for i in range(50) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
                "{% set ns = namespace(s='x') %}{% for i in range(50) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
            })
    void boundsTheTextsMadeOnTheWay(String source) {
        assertFails(source, "the template makes texts of more than 20000 characters");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ [1] * 10000 }}",
                "{{ [1] * 9999999999999 }}",
                "{% set ns = namespace(l=[1]) %}{% for i in range(50) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
                "{% set ns = namespace(l=[1]) %}{% for i in range(30) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l == [ns.l] or ns.l | tojson }}",
                "{{ range(2) | slice(100000) | list }}",
            })
    void boundsTheListsMadeOnTheWay(String source) {
        assertThatThrownBy(() -> render(source))
                .hasMessageMatching("(?s).*(more than 5000 steps|more than 20000 characters).*");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "{{ range(51) }} ; range gives 51 numbers, at most 50 are allowed",
                "{{ range(0, 2000000000) }} ; range gives 2000000000 numbers, at most 50 are allowed",
                "{{ 2 ** 100000 }} ; a power has more than 4096 bits",
                "{{ (2 ** 4000) * (2 ** 4000) }} ; an integer has 8001 bits, at most 4096 are allowed",
                "{{ [] | tojson(indent=1000) }} ; tojson indents by 1000, at most 32 are allowed",
                "{{ 1.5 | round(100000) }} ; round to 100000 digits, at most 300 are possible",
            })
    void boundsNumbers(String source, String sentence) {
        assertFails(source, sentence);
    }

    @Test
    void theDefaultsLeaveRoomForALongConversation() {
        String source = "{% for m in messages %}{{ m.role | trim }}: {{ m.content | trim }}\n{% endfor %}";
        var messages = Collections.nCopies(20_000, Map.of("role", "user", "content", "x".repeat(100)));
        String text = ChatTemplate.compile(source)
                .render(TemplateData.of(Map.of("messages", messages)).context());
        assertThat(text).hasSize(20_000 * 107);
    }

    @Test
    void refusesLimitsOutOfRange() {
        assertThatThrownBy(() -> new TemplateLimits(0, 1, 1, 1, 1, 1))
                .hasMessage("template.max-source-characters=0, must be in [1, 268435456]");
        assertThatThrownBy(() -> new TemplateLimits(1, 0, 1, 1, 1, 1))
                .hasMessage("template.max-steps=0, must be in [1, 1099511627776]");
        assertThatThrownBy(() -> new TemplateLimits(1, 1, 1_001, 1, 1, 1))
                .hasMessage("template.max-depth=1001, must be in [1, 1000]");
        assertThatThrownBy(() -> new TemplateLimits(1, 1, 1, 0, 1, 1))
                .hasMessage("template.max-output-characters=0, must be in [1, 268435456]");
        assertThatThrownBy(() -> new TemplateLimits(1, 1, 1, 1, 0, 1))
                .hasMessage("template.max-text-characters=0, must be in [1, 1099511627776]");
        assertThatThrownBy(() -> new TemplateLimits(1, 1, 1, 1, 1, 0))
                .hasMessage("template.max-range=0, must be in [1, 16777216]");
    }

    private static String render(String source) {
        return ChatTemplate.compile(source, SMALL)
                .render(TemplateData.of(Map.of()).context());
    }

    private static void assertFails(String source, String sentence) {
        assertThatThrownBy(() -> render(source)).hasMessage("The chat template failed in line 1: " + sentence);
    }
}

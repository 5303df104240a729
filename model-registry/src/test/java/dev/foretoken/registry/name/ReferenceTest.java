package dev.foretoken.registry.name;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ForetokenException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTest {

    @Test
    void readsEveryForm() {
        assertThat(Reference.parse("toy")).isEqualTo(new Reference.Newest("toy"));
        assertThat(Reference.parse("toy:prod")).isEqualTo(new Reference.Alias("toy", "prod"));
        assertThat(Reference.parse("toy@3")).isEqualTo(new Reference.AtVersion("toy", 3));
        assertThat(Reference.parse("toy@3/gptq-int4"))
                .isEqualTo(new Reference.Exact(new VariantRef("toy", 3, "gptq-int4")));
        assertThat(Reference.parse("toy@12/auto")).isEqualTo(new Reference.Exact(VariantRef.auto("toy", 12)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"toy", "toy:prod", "toy@3", "toy@3/q4", "a.b_c-9@1/auto"})
    void printsWhatItRead(String text) {
        assertThat(Reference.parse(text)).hasToString(text);
    }

    @Test
    void saysWhereATextStopsBeingAReference() {
        refuses("toy@x", "'toy@x': a version is a number from 1 on, as in toy@3; found 'x'");
        refuses("toy@", "found ''");
        refuses("toy@0", "found '0'");
        refuses("toy@03", "found '03'");
        refuses("toy@9999999999", "found '9999999999'");
        refuses("toy@-1", "found '-1'");
        refuses("toy@3:prod", "use ':' or '@', not both");
        refuses("toy:prod@3", "use ':' or '@', not both");
        refuses("toy/q4", "a variant belongs to a version");
        refuses("toy@3/q4/x", "'q4/x' is no name for a variant");
        refuses("toy@3/", "'' is no name for a variant");
        refuses("", "a reference has 1 to 256 characters");
        refuses("a".repeat(257), "a reference has 1 to 256 characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Toy", "..toy", "-toy", ".toy", "to y", "toy\u0000", "toÿ"})
    void refusesNamesThatAreNone(String name) {
        assertThatThrownBy(() -> Reference.parse(name))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining("is no name for a model");
        assertThatThrownBy(() -> new Reference.Alias("toy", name)).hasMessageContaining("is no name for an alias");
    }

    @Test
    void namesEndAtSixtyThreeCharacters() {
        assertThat(Reference.parse("a".repeat(63))).isEqualTo(new Reference.Newest("a".repeat(63)));
        refuses("a".repeat(64), "is no name for a model");
    }

    @Test
    void keepsTheTwoWordsWithAMeaningForThemselves() {
        assertThat(Names.requireNewVariant("q4")).isEqualTo("q4");
        assertThatThrownBy(() -> Names.requireNewVariant("base")).hasMessageContaining("that is the imported one");
        assertThatThrownBy(() -> Names.requireNewVariant("auto")).hasMessageContaining("the best that fits");
    }

    @Test
    void messagesHoldNoControlCharactersOfTheCaller() {
        assertThatThrownBy(() -> Reference.parse("toy\u001b[31m@1"))
                .hasMessageContaining("'toy[31m' is no name for a model");
    }

    private static void refuses(String text, String message) {
        assertThatThrownBy(() -> Reference.parse(text))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining(message);
    }
}

package dev.foretoken.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Comments of {@code values.yaml} become schema and table. */
class ValuesFileTest {

    @TempDir
    Path folder;

    @Test
    void readsTextsRulesAndDefaultsOfNestedValues() throws Exception {
        List<ChartValue> values = read("""
                # about the file
                # -- How many, and
                # why.
                count: 2  # @schema minimum:1; maximum:5
                part:
                  # -- A name.
                  name: x  # @schema pattern:^(a:b)?$
                """);
        assertThat(values).hasSize(2);
        assertThat(values.getFirst().text()).isEqualTo("How many, and why.");
        assertThat(values.getFirst().fallback()).isEqualTo(2);
        assertThat(values.getFirst().rules().all())
                .containsEntry("minimum", "1")
                .containsEntry("maximum", "5");
        ChartValue name = values.getLast().children().getFirst();
        assertThat(name.path()).isEqualTo("part.name");
        assertThat(name.rules().get("pattern")).contains("^(a:b)?$");
    }

    @Test
    void refusesAValueThatNoCommentDocuments() {
        assertThatThrownBy(() -> read("part:\n  count: 2\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("part.count of values.yaml needs a comment that begins with '# -- '");
    }

    @Test
    void refusesARuleThatMeansNothing() {
        assertThatThrownBy(() -> read("# -- How many.\ncount: 2  # @schema minimal:1\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("@schema minimal:1 must be KEY:VALUE with one of [minimum");
    }

    @Test
    void makesASchemaThatIsClosed() throws Exception {
        JsonNode schema = new ValuesSchema(read("""
                # -- A mode.
                mode: a  # @schema enum:a,b
                # -- Whatever.
                labels: {}  # @schema keys:^x; values:string
                """)).write();
        assertThat(schema.get("additionalProperties").asBoolean(true)).isFalse();
        assertThat(schema.at("/properties/mode/enum")).hasSize(2);
        assertThat(schema.at("/properties/mode/type").asText()).isEqualTo("string");
        assertThat(schema.at("/properties/labels/propertyNames/pattern").asText())
                .isEqualTo("^x");
        assertThat(schema.at("/properties/labels/additionalProperties/type/0").asText())
                .isEqualTo("string");
    }

    @Test
    void makesEntriesOfFieldsAndOfTheValueThatHoldsTheirDefaults() throws Exception {
        List<ChartValue> values = read("""
                # -- Groups.
                #
                # @item name -- Its name,
                # in short.
                # @schema minLength:1
                groups: []  # @schema itemsLike:defaults; itemsRequired:name
                defaults:
                  # -- How many.
                  count: 2  # @schema minimum:1
                """);
        JsonNode entry =
                new ValuesSchema(values).write().get("properties").get("groups").get("items");
        assertThat(entry.at("/properties/name/minLength").asInt()).isEqualTo(1);
        assertThat(entry.at("/properties/count/minimum").asInt()).isEqualTo(1);
        assertThat(entry.at("/required/0").asText()).isEqualTo("name");
        assertThat(ValuesTable.write(values))
                .contains(
                        "| `groups` | `[]` | Groups. |",
                        "| `groups[].name` |  | Its name, in short. |",
                        "| `defaults.count` | `2` | How many. At least 1. |");
    }

    private List<ChartValue> read(String yaml) throws IOException {
        return ValuesFile.read(Files.writeString(folder.resolve("values.yaml"), yaml));
    }
}

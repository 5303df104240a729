package dev.foretoken.helm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes the table of values of the chart's page. */
final class ValuesTable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ValuesTable() {}

    static String write(List<ChartValue> values) {
        List<String> lines = new ArrayList<>(List.of("| value | default | |", "|---|---|---|"));
        values.stream().flatMap(ValuesTable::leaves).map(ValuesTable::row).forEach(lines::add);
        return String.join("\n", lines) + "\n";
    }

    private static Stream<ChartValue> leaves(ChartValue value) {
        return value.isGroup()
                ? value.children().stream().flatMap(ValuesTable::leaves)
                : Stream.concat(Stream.of(value), value.fields().stream());
    }

    private static String row(ChartValue value) {
        return "| `%s` | %s | %s%s |"
                .formatted(
                        value.path(),
                        value.fallback() == null ? "" : "`" + json(value.fallback()) + "`",
                        value.text().replace("|", "\\|"),
                        range(value.rules()));
    }

    /** What the schema demands, where a reader can use it. */
    private static String range(SchemaRules rules) {
        String words =
                rules.words("enum").stream().map(word -> "`" + word + "`").collect(Collectors.joining(", "));
        if (!words.isEmpty()) {
            return " One of " + words + ".";
        }
        String least = rules.get("minimum").orElse("");
        String most = rules.get("maximum").orElse("");
        if (!most.isEmpty()) {
            return " " + least + " to " + most + ".";
        }
        return least.isEmpty() ? "" : " At least " + least + ".";
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value).replace("|", "\\|");
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}

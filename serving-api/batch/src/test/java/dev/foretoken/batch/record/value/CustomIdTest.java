package dev.foretoken.batch.record.value;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CustomIdTest {

    private static String replaced(String line, String id) {
        return new String(CustomId.replace(line.getBytes(UTF_8), id), UTF_8);
    }

    @Test
    void everyOtherByteStaysAsItIs() {
        String line =
                " {\"body\" : {\"custom_id\":\"in\", \"x\":[1.50, {}]},\"é\":\"€\",  \"custom_id\" :  \"%s\" , \"v\":1 }\r";
        assertThat(replaced(line.formatted("a\\u0022\\\"b"), "longer than \" before"))
                .isEqualTo(line.formatted("longer than \\\" before"));
        assertThat(replaced(line.formatted(""), "")).isEqualTo(line.formatted(""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"b\":1}",
                "[\"custom_id\",\"a\"]",
                "nonsense",
                "",
                "{\"custom_id\":\"a",
                "{\"body\":{\"custom_id\":\"a\"}}"
            })
    void aLineWithoutOneStaysAsItIs(String line) {
        assertThat(replaced(line, "new")).isEqualTo(line);
    }
}

package dev.foretoken.app.command.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.request.Priority;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

class SubmitCommandTest {

    /** What a person is told; nothing answers at that address, which is not asked. */
    private static String refusal(String... options) {
        List<String> all = new ArrayList<>(List.of("absent.jsonl", "--brokers", "localhost:1"));
        all.addAll(List.of(options));
        StringBuilder said = new StringBuilder();
        new CommandLine(new SubmitCommand())
                .setExecutionExceptionHandler((e, line, parsed) -> {
                    said.append(e.getMessage());
                    return 2;
                })
                .execute(all.toArray(String[]::new));
        return said.toString();
    }

    @Test
    void classesHaveTheNamesOfHeaders() throws Exception {
        PriorityName names = new PriorityName();
        for (Priority each : Priority.values()) {
            assertThat(names.convert(each.publicName())).isEqualTo(each);
        }
        assertThat(names.convert("Normal")).isEqualTo(Priority.NORMAL);
        assertThatThrownBy(() -> names.convert("urgent"))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("'urgent' is none; expected interactive");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --deadline-seconds | -1 | deadline-seconds=-1, must be in [0, 31536000]
            --deadline-seconds | 9223372036854775807 | deadline-seconds=9223372036854775807, must be in [0, 31536000]
            --since-hours | 8761 | since-hours=8761, must be in [0, 8760]
            --out | answers.jsonl | out=answers.jsonl, must be given with --follow
            --tenant | a/b | tenant=a/b, must be 1 to 512 letters
            """)
    void refusesOptionsBeforeItReadsTheFile(String option, String value, String message) {
        assertThat(refusal(option, value)).startsWith(message);
    }

    @Test
    void saysWhichFileIsNotThere() {
        assertThat(refusal()).isEqualTo("there is no file absent.jsonl");
    }
}

package dev.foretoken.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class RolloutsTextTest {

    private static final String SCOREBOARD = """
            {"rollouts": [
              {"name": "toy:prod",
               "under_load": {"variant": "int4", "switched": true, "switches": 3},
               "canary": [{"variant": "int8", "weight": 0.05, "by": "tenant", "header": "x-canary=yes"}],
               "shadow": {"variant": "int8", "share": 0.1, "compared": 4, "identical": 2, "equal_token_share": 0.875,
                          "compared_tokens": 16, "mean_first_difference": 2.5, "mean_length_difference": 1.25,
                          "errors": 1, "shed": 2, "skipped": 3, "stopped": "errors: too many"}}]}
            """;

    @Test
    void everyRuleHasARow() throws Exception {
        List<String> lines =
                RolloutsText.table(new ObjectMapper().readTree(SCOREBOARD)).lines();
        assertThat(lines).hasSize(4);
        assertThat(words(lines.get(1))).isEqualTo("toy:prod under load int4 switched, 3 times");
        assertThat(words(lines.get(2))).isEqualTo("toy:prod canary int8 5.0 % x-canary=yes");
        assertThat(words(lines.get(3)))
                .isEqualTo("toy:prod shadow int8 10.0 % 4 2 87.5 % 2.5 1.3 1 2 3 stopped: errors: too many");
    }

    private static String words(String line) {
        return line.replaceAll(" +", " ");
    }
}

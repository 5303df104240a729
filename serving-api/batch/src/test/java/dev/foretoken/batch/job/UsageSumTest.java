package dev.foretoken.batch.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.store.Job;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class UsageSumTest {

    private static Job.Usage sum(String... lines) {
        UsageSum sum = new UsageSum();
        for (String line : lines) {
            sum.add(line.getBytes(StandardCharsets.UTF_8));
        }
        return sum.sum();
    }

    private static String line(String body) {
        return "{\"id\":\"l\",\"custom_id\":\"usage\",\"response\":{\"status_code\":200,\"request_id\":\"r\",\"body\":"
                + body + "},\"error\":null}";
    }

    @Test
    void whatAnswersUsedIsAddedUp() {
        String chat =
                "{\"id\":\"c\",\"choices\":[{\"usage\":{\"prompt_tokens\":900}}],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":5,"
                        + "\"total_tokens\":15,\"prompt_tokens_details\":{\"audio\":[1],\"cached_tokens\":8},"
                        + "\"completion_tokens_details\":{\"reasoning_tokens\":3,\"x\":{}}}}";
        String embedding = "{\"usage\":{\"prompt_tokens\":4,\"total_tokens\":4}}";
        assertThat(sum(line(chat), line(embedding), line(chat))).isEqualTo(new Job.Usage(24, 16, 10, 6));
    }

    @Test
    void whatSaysNothingAddsNothing() {
        assertThat(sum(
                        line("null"),
                        line("{\"usage\":null}"),
                        line("{\"usage\":{\"prompt_tokens\":null,\"prompt_tokens_details\":null}}"),
                        line("{\"error\":{\"message\":\"no\"}}"),
                        "{\"id\":\"l\",\"response\":null,\"error\":{\"usage\":{\"prompt_tokens\":7}}}"))
                .isEqualTo(Job.Usage.NONE);
    }
}

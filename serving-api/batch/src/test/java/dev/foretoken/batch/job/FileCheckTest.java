package dev.foretoken.batch.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.batch.store.Job;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileCheckTest {

    private static final JobLimits LIMITS =
            new JobLimits(5, 1000, 200, 10, 1000, 10, Duration.ofHours(1), Duration.ofHours(1));

    private static FileCheck.Found check(String file) throws IOException {
        return check(file.getBytes(StandardCharsets.UTF_8));
    }

    private static FileCheck.Found check(byte[] file) throws IOException {
        return FileCheck.read(new ByteArrayInputStream(file), BatchEndpoint.COMPLETIONS, LIMITS);
    }

    private static void refuses(String file, String code, Integer line) throws IOException {
        assertThat(check(file).flaws()).singleElement().satisfies(flaw -> {
            assertThat(flaw.code()).isEqualTo(code);
            assertThat(flaw.line()).isEqualTo(line);
        });
    }

    private static String lines(int count) {
        return IntStream.range(0, count).mapToObj(i -> JobSite.line("c" + i)).collect(Collectors.joining("\n"));
    }

    @Test
    void aFileOfRequestsIsGood() throws IOException {
        FileCheck.Found found = check(lines(5) + "\n");
        assertThat(found).isEqualTo(new FileCheck.Found(5, "m", List.of()));
    }

    @Test
    void blankLinesWindowsLineEndsAndByteOrderMarksDoNotCount() throws IOException {
        assertThat(check("\ufeff" + JobSite.line("a") + "\r\n\r\n  \n" + JobSite.line("b") + "\r\n"))
                .isEqualTo(new FileCheck.Found(2, "m", List.of()));
    }

    @Test
    void anEmptyFileIsRefused() throws IOException {
        refuses("", "empty_file", null);
        refuses("\n \n", "empty_file", null);
    }

    @Test
    void tooManyRequestsAreRefused() throws IOException {
        refuses(lines(6), "too_many_requests", null);
    }

    @Test
    void aLineThatIsTooLongIsRefusedAndTheNextOneRead() throws IOException {
        refuses(JobSite.line("x".repeat(200)) + "\n" + JobSite.line("b"), "line_too_long", 1);
    }

    @Test
    void idsAreUsedOnce() throws IOException {
        refuses(JobSite.line("a") + "\n\n" + JobSite.line("a"), "duplicate_custom_id", 3);
    }

    @Test
    void oneModelForAll() throws IOException {
        refuses(JobSite.line("a") + "\n" + JobSite.line("b").replace("\"m\"", "\"n\""), "mismatched_model", 2);
    }

    @Test
    void theUrlIsTheJobs() throws IOException {
        refuses(JobSite.line("a").replace("/v1/completions", "/v1/embeddings"), "mismatched_url", 1);
    }

    @Test
    void flawsAreCountedToAHundred() throws IOException {
        JobLimits many = new JobLimits(500, 1000, 200, 10, 1000, 10, Duration.ofHours(1), Duration.ofHours(1));
        FileCheck.Found found = FileCheck.read(
                new ByteArrayInputStream("x\n".repeat(300).getBytes(StandardCharsets.UTF_8)),
                BatchEndpoint.COMPLETIONS,
                many);
        assertThat(found.flaws()).hasSize(100).extracting(Job.Flaw::line).last().isEqualTo(100);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "[1] | invalid_json_line |",
                "{\"custom_id\":\"a\" | invalid_json_line |",
                "{} {} | invalid_json_line |",
                "{\"custom_id\":\"a\",\"custom_id\":\"b\"} | invalid_json_line |",
                "{\"custom_id\":NaN} | invalid_json_line |",
                "{\"method\":\"POST\"} | missing_required_parameter | custom_id",
                "{\"custom_id\":7} | invalid_type | custom_id",
                "{\"custom_id\":\"\"} | invalid_custom_id | custom_id",
                "{\"custom_id\":\"a\"} | missing_required_parameter | method",
                "{\"custom_id\":\"a\",\"method\":\"GET\"} | invalid_method | method",
                "{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/models\"} | invalid_url | url",
                "{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/completions\"} | missing_required_parameter | body",
                "{\"body\":[]} | invalid_type | body",
                "{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/completions\",\"body\":{}} | missing_required_parameter | body.model",
                "{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/completions\",\"body\":{\"model\":\"\"}} | invalid_model | body.model",
                "{\"custom_id\":\"a\",\"method\":\"POST\",\"url\":\"/v1/completions\",\"body\":{\"model\":\"m\",\"stream\":true}} "
                        + "| unsupported_parameter | body.stream",
            })
    void aLineIsRefusedForWhatIsWrong(String line, String code, String param) {
        FlawedLine flaw =
                catchThrowableOfType(FlawedLine.class, () -> LineParser.parse(line.getBytes(StandardCharsets.UTF_8)));
        assertThat(flaw.code()).isEqualTo(code);
        assertThat(flaw.param()).isEqualTo(param);
        assertThat(flaw.problem()).endsWith(".");
    }

    @Test
    void theBodyIsTakenByteForByte() throws FlawedLine {
        String body =
                "{ \"prompt\" : [\"\u00e9\\u0041\ud83d\ude00\", {\"stream\":true}],\"model\":\"m\", \"stream\": false }";
        String line = "{\"x\":\"\u00e9\ud83d\ude00\", \"body\": " + body
                + " ,\"url\":\"/v1/chat/completions\",\"method\":\"POST\",\"custom_id\":\"\ud83d\ude00\"}";
        RequestLine request = LineParser.parse(line.getBytes(StandardCharsets.UTF_8));
        assertThat(new String(request.body(), StandardCharsets.UTF_8)).isEqualTo(body);
        assertThat(request.endpoint()).isEqualTo(BatchEndpoint.CHAT_COMPLETIONS);
        assertThat(request.customId()).isEqualTo("\ud83d\ude00");
    }

    @Test
    void otherEncodingsAreRefused() throws IOException {
        assertThat(check(JobSite.line("a").getBytes(StandardCharsets.UTF_16)).flaws())
                .isNotEmpty()
                .allSatisfy(flaw -> assertThat(flaw.code()).isEqualTo("invalid_json_line"));
    }
}

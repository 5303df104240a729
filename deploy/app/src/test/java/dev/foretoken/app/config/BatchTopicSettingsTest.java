package dev.foretoken.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Requests that come in by Kafka, as {@code serve} is told of them. */
class BatchTopicSettingsTest {

    @TempDir
    private Path folder;

    private static AppConfig parse(String line) {
        ServeOptions options = new ServeOptions();
        String[] arguments = line.split(" ");
        new CommandLine(options)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs(Arrays.copyOfRange(arguments, 1, arguments.length));
        return options.config(Map.of());
    }

    @Test
    void thereAreNoneUnlessBrokersAreNamed() {
        assertThat(parse("serve --batch-group g").batchTopics()).isEmpty();
        assertThat(parse("serve --batch-brokers h:9092").batchTopics())
                .contains(new BatchTopicSettings(
                        "h:9092",
                        new BatchTopicSettings.Topics("foretoken-requests", "foretoken-answers", List.of(), 12),
                        BatchTopicSettings.Member.DEFAULT,
                        false,
                        new BatchTopicSettings.Waits(Duration.ofDays(1), Duration.ofHours(1)),
                        Map.of()));
    }

    @Test
    void everyFlagReachesItsSetting() throws IOException {
        Path client = Files.writeString(folder.resolve("c.properties"), "security.protocol=SSL\nsasl.jaas.config=pass");
        BatchTopicSettings settings = parse(
                        "serve --role gateway --pod 127.0.0.1:1 --batch-brokers h:1,[::1]:2 --batch-topic r --batch-answers a"
                                + " --batch-reply-topic one,team-* --batch-group g --batch-instance i --batch-notes /n --batch-partitions 3 --batch-share --batch-longest-wait-seconds 60 --batch-crowded-wait-seconds 5 --batch-config "
                                + client)
                .batchTopics()
                .orElseThrow();
        assertThat(settings)
                .isEqualTo(new BatchTopicSettings(
                        "h:1,[::1]:2",
                        new BatchTopicSettings.Topics("r", "a", List.of("one", "team-*"), 3),
                        new BatchTopicSettings.Member("g", Optional.of("i"), Optional.of(Path.of("/n"))),
                        true,
                        new BatchTopicSettings.Waits(Duration.ofSeconds(60), Duration.ofSeconds(5)),
                        Map.of("security.protocol", "SSL", "sasl.jaas.config", "pass")));
        assertThat(settings.toString()).doesNotContain("pass");
    }

    /** In the environment they may stand for other processes. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --batch-group g            | batch-group=g, must be given with --batch-brokers
            --batch-share              | batch-share=true, must be given with --batch-brokers
            --batch-notes a            | batch-notes=a, must be given with --batch-brokers
            --batch-config a           | batch-config=a, must be given with --batch-brokers
            --batch-brokers h:1 --batch-share --batch-notes a | batch-notes=a, must be given without --batch-share
            --batch-file-days 3        | batch-file-days=3, must be given with --batch-folder
            --batch-database secret    | batch-database, must be given with --batch-folder
            """)
    void refusesWhatWouldSayNothing(String arguments, String message) {
        assertThatThrownBy(() -> BatchUse.require(parsed("serve " + arguments), parse("serve " + arguments)))
                .hasMessageStartingWith(message)
                .hasMessageNotContaining("secret");
        String all = "serve --batch-brokers h:1 --batch-folder f --batch-group g --batch-share --batch-file-days 3";
        BatchUse.require(parsed(all), parse(all));
        String notes = "serve --batch-brokers h:1 --batch-notes a";
        BatchUse.require(parsed(notes), parse(notes));
        BatchUse.require(parsed("serve --max-batch-rows 3"), parse("serve"));
    }

    private static CommandLine.ParseResult parsed(String line) {
        String[] arguments = line.split(" ");
        return new CommandLine(new ServeOptions())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .parseArgs(Arrays.copyOfRange(arguments, 1, arguments.length));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --batch-brokers h                          | batch-brokers=h, must be HOST:PORT, separated by commas
            --batch-brokers h:1,                       | batch-brokers=h:1,, must be HOST:PORT
            --batch-brokers h:1 --batch-topic a/b      | batch-topic=a/b, must be 1 to 120 letters
            --batch-brokers h:1 --batch-answers foretoken-requests | batch-answers=foretoken-requests, must be another topic
            --batch-brokers h:1 --batch-reply-topic *  | batch-reply-topic=, must be 1 to 120 letters
            --batch-brokers h:1 --batch-group g!       | batch-group=g!
            --batch-brokers h:1 --batch-instance i:1   | batch-instance=i:1
            --batch-brokers h:1 --batch-partitions 0   | batch-partitions=0, must be in [1, 10000]
            --batch-brokers h:1 --batch-longest-wait-seconds 0 | batch-longest-wait-seconds=0, must be in [1, 31536000]
            --batch-brokers h:1 --batch-longest-wait-seconds 9 | batch-crowded-wait-seconds=3600, must be in [1, 9]
            --batch-brokers h:1 --batch-config nowhere | batch-config=nowhere cannot be read
            --batch-brokers h:1 --role runtime         | batch-brokers=h:1, must be given where callers come in
            """)
    void refusesWhatCannotBe(String arguments, String message) {
        assertThatThrownBy(() -> parse("serve " + arguments))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
                .hasMessageContaining(message);
    }
}

package dev.foretoken.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.routing.variant.CanaryRule;
import dev.foretoken.routing.variant.HeaderMatch;
import dev.foretoken.routing.variant.LoadRule;
import dev.foretoken.routing.variant.ShadowLimits;
import dev.foretoken.routing.variant.ShadowRule;
import dev.foretoken.routing.variant.VariantRollout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolloutFileTest {

    private static final String EVERYTHING = """
            {"toy:prod": {
              "under_load": {"variant": "int4", "min_retention": 0.95, "ttft_ms": 500, "queue": 8, "leave": 0.4,
                             "enter_after_ms": 1000, "leave_after_ms": 3000},
              "canary": [{"variant": "int8", "weight": 0.05, "header": "x-canary=yes", "by": "tenant"}],
              "shadow": {"variant": "int8", "share": 0.1, "max_concurrent": 2, "max_tokens": 9, "min_samples": 3,
                         "max_divergence": 0.2, "max_errors": 0.3, "max_shed": 0.4, "max_waiting": 5}}}
            """;

    @TempDir
    Path folder;

    private List<VariantRollout> read(String json) throws IOException {
        return RolloutFile.read(Files.writeString(folder.resolve("rollouts.json"), json));
    }

    @Test
    void everyFieldReachesItsSetting() throws IOException {
        assertThat(read(EVERYTHING))
                .containsExactly(new VariantRollout(
                        "toy:prod",
                        Optional.of(new LoadRule(
                                "int4",
                                0.95,
                                Optional.of(Duration.ofMillis(500)),
                                Optional.of(8),
                                0.4,
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(3))),
                        List.of(new CanaryRule(
                                "int8", 0.05, Optional.of(new HeaderMatch("x-canary", "yes")), CanaryRule.By.TENANT)),
                        Optional.of(new ShadowRule("int8", 0.1, 2, 9, new ShadowLimits(3, 0.2, 0.3, 0.4, 5)))));
    }

    @Test
    void whatIsNotSaidHasADefault() throws IOException {
        assertThat(read("{\"a\":{\"shadow\":{\"variant\":\"b\",\"share\":1}},\"c\":{}}"))
                .containsExactly(
                        new VariantRollout(
                                "a",
                                Optional.empty(),
                                List.of(),
                                Optional.of(new ShadowRule("b", 1, 4, 512, ShadowLimits.DEFAULT))),
                        new VariantRollout("c", Optional.empty(), List.of(), Optional.empty()));
        LoadRule load = read("{\"a\":{\"under_load\":{\"variant\":\"b\",\"min_retention\":1,\"queue\":1}}}")
                .getFirst()
                .underLoad()
                .orElseThrow();
        assertThat(load)
                .isEqualTo(new LoadRule(
                        "b", 1, Optional.empty(), Optional.of(1), 0.5, Duration.ofSeconds(2), Duration.ofSeconds(30)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "[]|is not understood",
                "{\"a\":{}} x|is not understood",
                "{\"a\":{},\"a\":{}}|is not understood",
                "{\"a\":{\"shadows\":{}}}|is not understood",
                "{\"a\":null}|says null of a",
                "{\"a\":{\"canary\":[{\"variant\":\"b\",\"by\":\"day\",\"weight\":1}]}}|is not understood",
                "{\"a\":{\"canary\":[{\"weight\":1}]}}|canary.variant is missing",
                "{\"a\":{\"canary\":[null]}}|canary is missing",
                "{\"a\":{\"shadow\":{\"variant\":\"b\"}}}|shadow.share is missing",
                "{\"a\":{\"under_load\":{\"variant\":\"b\",\"queue\":1}}}|under_load.min_retention is missing",
                "{\"a\":{\"under_load\":{\"variant\":null,\"min_retention\":1,\"queue\":1}}}|under_load.variant is missing",
            })
    void refusesWhatItDoesNotUnderstand(String json, String why) {
        assertThatThrownBy(() -> read(json)).hasMessageContaining(why);
    }

    @Test
    void refusesAFileThatIsNotThere() {
        assertThatThrownBy(() -> RolloutFile.read(folder.resolve("none.json"))).hasMessageContaining("cannot be read");
    }
}

package dev.foretoken.bench.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.runtime.RuntimeOptions.CacheType;
import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The demo model on a few questions and texts. */
@Timeout(300)
class QualityCommandTest {

    private static final Path DEMO = Path.of(System.getProperty("foretoken.root"), "src", "models", "demo");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void comparesEveryEncodingWithTheStoredWeights(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("r.json");
        assertThat(run("--questions=2", "--texts=4", "--json=" + json, "--also=again=" + DEMO.resolve("model")))
                .as(err.toString())
                .isZero();
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.path("schema").asText()).isEqualTo("foretoken.bench.quality/1");
        assertThat(report.path("variants").findValuesAsText("name"))
                .startsWith("stored", "q8_0", "q4_0")
                .contains("w8a8", "stored, exact arithmetic, cache f32", "stored, cache f16")
                .endsWith("again")
                .hasSize(Weights.values().length + CacheType.values().length);
        JsonNode stored = report.at("/variants/0");
        JsonNode eight = report.at("/variants/1");
        JsonNode four = report.at("/variants/2");
        assertThat(stored.path("kl_divergence").asDouble()).isZero();
        assertThat(stored.path("perplexity").asDouble()).isBetween(1.5, 4.0);
        assertThat(stored.at("/exact_match/questions").asInt()).isEqualTo(2);
        assertThat(stored.at("/exact_match/matches").asInt()).isPositive();
        assertThat(eight.at("/held_as/weight_bytes").asLong())
                .isLessThan(stored.at("/held_as/weight_bytes").asLong());
        assertThat(eight.path("kl_divergence").asDouble())
                .isPositive()
                .isLessThan(four.path("kl_divergence").asDouble());
        assertThat(eight.path("perplexity").asDouble())
                .isCloseTo(stored.path("perplexity").asDouble(), within(0.05));
        assertThat(out.toString()).contains("KL, nats/token", "q4-g128");
    }

    @Test
    void theSameModelElsewhereDoesNotDiverge() {
        Variant again = Variant.all(DEMO.resolve("model"), "auto", Map.of("again", DEMO.resolve("model")))
                .getLast();
        assertThat(again.name()).isEqualTo("again");
        assertThat(again.options().weights()).isEqualTo(Weights.STORED);
        assertThat(again.options().cacheType()).isEqualTo(CacheType.BF16);
    }

    @Test
    void aFolderWithoutATokenizerIsOneSentence(@TempDir Path empty) {
        assertThat(run("--model=" + empty)).isEqualTo(1);
        assertThat(err.toString()).contains("tokenizer.json is not there");
        assertThat(run("--questions=0")).isEqualTo(2);
    }

    private int run(String... arguments) {
        String[] all = new String[arguments.length + 2];
        all[0] = "--model=" + DEMO.resolve("model");
        all[1] = "--set=" + DEMO.resolve("eval");
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        return new CommandLine(new QualityCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    command.getErr().println(failure.getMessage());
                    return 1;
                })
                .setOverwrittenOptionsAllowed(true)
                .execute(all);
    }
}

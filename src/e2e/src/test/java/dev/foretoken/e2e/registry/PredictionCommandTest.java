package dev.foretoken.e2e.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.registry.measure.Proportion;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A variant that predicts its prompts, from the commands alone: built, measured as it will answer, and held by a gate. */
class PredictionCommandTest {

    private static final String DEMO = "src/models/demo";
    private static final String ANSWERS = "/measurements/0/quality/answers";

    @TempDir
    private Path folder;

    private static String path(String below) {
        return Checkout.root().resolve(below).toString();
    }

    private static Cli.Result build(Cli cli, String... more) {
        String[] all = {
            "build",
            "toy",
            "--calibration",
            path(DEMO + "/eval/calibration.jsonl.gz"),
            "--calibration-sequences",
            "10",
            "--eval-questions",
            "8",
            "--eval-texts",
            "2",
        };
        String[] arguments = Arrays.copyOf(all, all.length + more.length);
        System.arraycopy(more, 0, arguments, all.length, more.length);
        return cli.run(arguments);
    }

    @Test
    void aPredictionIsBuiltMeasuredAndGated() {
        Cli cli = new Cli(folder);
        assertThat(cli.run("import", "toy", path(DEMO + "/model")).code()).isZero();
        Cli.Result built = build(cli, "--variant", "kvp", "--auxiliary", "layer-pruned:0.5");
        assertThat(built.code()).as(built.toString()).isZero();
        assertThat(built.out()).contains("toy@1/kvp built in", "and measured");
        JsonNode variant = cli.json("show", "toy@1/kvp");
        assertThat(variant.at("/format").asText()).isEqualTo("prediction");
        assertThat(variant.at("/settings/prefill_mode").asText()).isEqualTo("auto");
        assertThat(variant.at("/measurements/0/quality/answers/trials").asInt()).isEqualTo(8);
        assertThat(variant.at("/files").findValuesAsText("path"))
                .contains("prediction.json", "predictor.safetensors", "base/model.safetensors", "build.json");
        assertThat(cli.run("compare", "toy").out()).contains("FIRST TOKEN", "kvp");
        gateHolds(cli, retention(cli));
        assertThat(cli.json("verify").path("problems")).isEmpty();
    }

    /** Of right answers, the least that the interval of the predicted ones leaves room for. */
    private static double retention(Cli cli) {
        JsonNode predicted = cli.json("show", "toy@1/kvp").at(ANSWERS);
        JsonNode base = cli.json("show", "toy@1/base").at(ANSWERS);
        int right = predicted.path("successes").asInt();
        assertThat(right)
                .as("answers are those of predicted prompts")
                .isLessThan(base.path("successes").asInt());
        Proportion kept = new Proportion(right, predicted.path("trials").asInt());
        return kept.low() * base.path("trials").asInt() / base.path("successes").asInt();
    }

    private static void gateHolds(Cli cli, double retention) {
        assertThat(cli.run("gate", "toy", "min-qa-retention=" + (retention + 0.001))
                        .code())
                .isZero();
        Cli.Result refused = cli.run("alias", "toy:prod", "toy@1/kvp");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err()).contains("min-qa-retention");
        assertThat(cli.run("gate", "toy", "min-qa-retention=" + Math.max(0, retention - 0.001))
                        .code())
                .isZero();
        assertThat(cli.run("alias", "toy:prod", "toy@1/kvp").code()).isZero();
    }

    @Test
    void whatCannotPredictIsRefusedBeforeAnythingIsMade() {
        Cli cli = new Cli(folder);
        assertThat(cli.run("import", "toy", path(DEMO + "/model")).code()).isZero();
        assertThat(build(cli, "--variant", "kvp", "--auxiliary", "layer-pruned:7")
                        .toString())
                .contains("above 0 to 1");
        assertThat(build(cli, "--variant", "kvp", "--auxiliary", "trained:nowhere")
                        .toString())
                .contains("has no prediction.json");
        assertThat(build(cli, "--variant", "q8", "--auxiliary", "layer-pruned:0.5")
                        .toString())
                .contains("has no parameter 'auxiliary'");
        assertThat(cli.run("build", "toy", "--variant", "kvp").err()).contains("--calibration FILE");
        assertThat(cli.json("show", "toy").at("/versions/0/variants").size()).isEqualTo(1);
    }
}

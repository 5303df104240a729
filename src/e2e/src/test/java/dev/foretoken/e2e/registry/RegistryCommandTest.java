package dev.foretoken.e2e.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.server.Eventually;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.e2e.server.ServerProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A new user's first hour: import, build, compare, point an alias; and processes that are killed on the way. */
class RegistryCommandTest {

    @TempDir
    Path folder;

    private static String checkpoint() {
        return Checkout.checkpoint(Models.LLAMA).toString();
    }

    @Test
    void aModelIsImportedBuiltComparedAndNamed() {
        Cli cli = new Cli(folder);
        assertThat(cli.run("list").out()).contains("models import");
        Cli.Result imported = cli.run("import", "toy", checkpoint());
        assertThat(imported.code()).as(imported.toString()).isZero();
        assertThat(imported.out()).contains("toy@1  sha256:", "LlamaForCausalLM", "tensors");
        assertThat(cli.json("import", "toy", checkpoint()).path("known").asBoolean())
                .isTrue();
        Cli.Result built = cli.run(
                "build",
                "toy",
                "--variant",
                "small=q8",
                "--variant",
                "kv-int8",
                "--set",
                "small.group=channel",
                "--no-measure");
        assertThat(built.code()).as(built.toString()).isZero();
        assertThat(built.out()).contains("toy@1/small built in", "toy@1/kv-int8 built in");
        assertThat(cli.run("build", "toy", "--variant", "small=q8").err()).contains("exists already");
        assertThat(cli.run("compare", "toy").out()).contains("VARIANT", "base", "small", "kv-int8");
        assertThat(cli.run("alias", "toy:prod", "toy@1/small").out()).isEqualTo("toy:prod -> toy@1/small");
        assertThat(cli.run("assign", "cpu", "toy:prod", "toy@1").out()).isEqualTo("cpu serves toy:prod, toy@1");
        assertThat(cli.run("assignments").out()).contains("cpu", "toy:prod, toy@1");
        assertThat(cli.run("remove", "toy@1/small"))
                .satisfies(refused -> assertThat(refused.code()).isEqualTo(2))
                .satisfies(refused -> assertThat(refused.err()).contains("toy:prod"));
        JsonNode model = cli.json("show", "toy");
        assertThat(model.at("/aliases/0/target").asText()).isEqualTo("toy@1/small");
        assertThat(model.at("/versions/0/variants/1/parent/reference").asText()).isEqualTo("toy@1/base");
        assertThat(cli.json("verify").path("problems")).isEmpty();
    }

    @Test
    void aKilledImportLeavesNothingHalfVisible() throws Exception {
        Cli cli = new Cli(folder.resolve("home"));
        try (ServerProcess process = cli.start(
                "import",
                "toy",
                Checkout.root().resolve("src/models/demo/model").toString())) {
            Eventually.get("a blob is there", () -> blobs(cli.home()), count -> count > 2 || !process.isAlive());
            process.kill();
        }
        JsonNode models = cli.json("list").path("models");
        assertThat(models.size()).as("all of it or nothing").isIn(0, 1);
        assertThat(cli.run(
                                "import",
                                "toy",
                                Checkout.root().resolve("src/models/demo/model").toString())
                        .out())
                .contains("toy@1");
        assertThat(cli.json("verify").path("problems")).isEmpty();
    }

    private static long blobs(Path home) {
        Path blobs = home.resolve("registry/blobs");
        if (!Files.isDirectory(blobs)) {
            return 0;
        }
        try (var all = Files.walk(blobs)) {
            return all.filter(Files::isRegularFile).count();
        } catch (java.io.IOException | java.io.UncheckedIOException e) {
            return 0;
        }
    }

    @Test
    void errorsSayWhatWasFoundAndWhatToDo() {
        Cli cli = new Cli(folder);
        assertThat(cli.run("import", "Toy", checkpoint()).err()).contains("'Toy' is no name for a model");
        assertThat(cli.run("import", "toy", "nowhere").err()).contains("'nowhere' is not there");
        assertThat(cli.run("show", "toy@x").err()).contains("a version is a number");
        assertThat(cli.run("pull", "toy", "https://127.0.0.1/model").code()).isEqualTo(2);
    }
}

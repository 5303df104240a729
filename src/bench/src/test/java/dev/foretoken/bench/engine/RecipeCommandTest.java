package dev.foretoken.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The real engine on a tiny model. */
@Timeout(300)
class RecipeCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    private Path recipe(String name, String base, String operation) throws Exception {
        return Files.writeString(
                folder.resolve(name),
                "{\"foretoken_recipe\": 1, \"base\": \"%s\", \"operations\": [%s]}".formatted(base, operation));
    }

    @Test
    void measuresARecipeOverARecipeAgainstTheModelThatBothBeginWith() throws Exception {
        recipe("inner.json", "random:tiny", "{\"op\": \"drop\", \"attention\": [1]}");
        Path outer = recipe("outer.json", "inner.json", "{\"op\": \"drop\", \"mlp\": [0]}");
        Path json = folder.resolve("result.json");
        assertThat(run("--model=" + outer, "--json=" + json)).as(err.toString()).isZero();
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.path("schema").asText()).isEqualTo("foretoken.bench.recipe/1");
        assertThat(report.path("base_model").asText()).isEqualTo("random:tiny");
        for (String kind : new String[] {"base", "variant"}) {
            assertThat(report.path(kind).at("/decode_tokens_per_second/runs").asInt())
                    .isEqualTo(2);
        }
        assertThat(report.at("/variant_held_as/weight_bytes").asLong())
                .isPositive()
                .isLessThan(report.at("/base_held_as/weight_bytes").asLong());
        assertThat(report.at("/stored/variant/kv_bytes_per_token").asLong())
                .isLessThan(report.at("/stored/base/kv_bytes_per_token").asLong());
        assertThat(out.toString()).contains("drop, drop", "decode tokens/s", "weights in memory");
    }

    @Test
    void refusesWhatCannotBeMeasuredInASentence() throws Exception {
        assertThat(run("--model=" + folder.resolve("none.json"))).isEqualTo(2);
        assertThat(err.toString()).contains("expected a recipe");
        Path endless = recipe("a.json", "a.json", "{\"op\": \"drop\", \"mlp\": [0]}");
        assertThat(run("--model=" + endless)).isNotZero();
    }

    private int run(String... arguments) {
        String[] all = new String[arguments.length + 3];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--prompt=20";
        all[arguments.length + 1] = "--generate=8";
        all[arguments.length + 2] = "--repeat=2";
        return new CommandLine(new RecipeCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all);
    }
}

package dev.foretoken.bench.costs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.bench.report.JsonFile;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The real engine on a tiny random model, and its files. */
@Timeout(300)
class CostsCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void measuresStepsOfEveryKindAndWritesWhatCanBeReadAgain(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("c.json");
        assertThat(run("--step-tokens=64", "--prompt-tokens-beside-decode=16", "--threads=1", "--json=" + json))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("position attended to", "median error");
        CostsReport report = CostsReport.read(json);
        assertThat(report.model()).isEqualTo("random:tiny");
        assertThat(report.weights()).isEqualTo("stored");
        assertThat(report.threads()).isEqualTo(1);
        assertThat(List.of(report.rows(), report.stepTokens(), report.besideDecode()))
                .containsExactly(3, 64, 16);
        assertThat(report.contexts()).containsExactly(16, 48);
        assertThat(report.fits()).hasSize(3).allSatisfy(fit -> {
            assertThat(fit.steps()).isPositive();
            assertThat(fit.p90Error()).isGreaterThanOrEqualTo(fit.medianError());
        });
    }

    @Test
    void refusesWhatItCannotMeasureInASentence() {
        assertThat(run("--rows=0")).isEqualTo(2);
        assertThat(err.toString()).contains("--rows 0");
        assertThat(run("--rows=1")).isEqualTo(2);
        assertThat(err.toString()).contains("--rows 1").contains("expected 2 to 256");
        assertThat(run("--context=16,0")).isEqualTo(2);
        assertThat(err.toString()).contains("numbers above 0");
        assertThat(run("--context=505")).isEqualTo(2);
        assertThat(err.toString()).contains("takes 512 tokens");
        assertThat(run("--speculate=2")).isEqualTo(2);
        assertThat(err.toString()).contains("verify no drafts");
    }

    @Test
    void readsNoOtherFile(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("x.json");
        assertThatThrownBy(() -> CostsReport.read(file)).hasMessageContaining("there is no such file");
        Files.write(file, new byte[] {(byte) 0xff, 1});
        assertThatThrownBy(() -> CostsReport.read(file))
                .hasMessageContaining("expected a file of " + CostsReport.SCHEMA);
        JsonFile.write(file, Measured.report("foretoken.bench.engine/1", new StepPrice(1, 2, 3, 4)));
        assertThatThrownBy(() -> CostsReport.read(file))
                .hasMessageContaining("found foretoken.bench.engine/1, expected foretoken.bench.costs/1");
        String whole = JsonFile.text(Measured.report(CostsReport.SCHEMA, new StepPrice(1, 2, 3, 4)));
        Files.writeString(file, whole.replace("draw_nanos", "drew_nanos"), StandardCharsets.UTF_8);
        assertThatThrownBy(() -> CostsReport.read(file)).hasMessageContaining("draw_nanos");
        Files.writeString(file, whole.replace("\"draw_nanos\" : 3.0", "\"draw_nanos\" : -3.0"));
        assertThatThrownBy(() -> CostsReport.read(file)).hasMessageContaining("expected none below 0");
        Files.writeString(file, whole.replace("\"rows\"", "\"added\" : 1, \"rows\""));
        assertThat(CostsReport.read(file).costs()).isEqualTo(new StepPrice(1, 2, 3, 4));
    }

    private int run(String... arguments) {
        CommandLine command =
                new CommandLine(new CostsCommand()).setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        boolean own =
                List.of(arguments).stream().anyMatch(one -> one.startsWith("--context") || one.startsWith("--rows"));
        String[] usual = {"--model=random:tiny", "--repeat=1"};
        String[] sizes = own ? new String[] {} : new String[] {"--rows=3", "--context=16,48,600"};
        return command.execute(
                Stream.of(usual, sizes, arguments).flatMap(Arrays::stream).toArray(String[]::new));
    }
}

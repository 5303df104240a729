package dev.foretoken.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.bench.checkpoint.CheckpointFolder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The real engine on tiny random models. */
@Timeout(300)
class EngineCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void measuresAModelMadeInMemory(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("r.json");
        assertThat(run("--model=random:tiny", "--prompt=24", "--batch=1,3", "--json=" + json))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("decode tokens/s", "memory GB/s");
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.path("schema").asText()).isEqualTo("foretoken.bench.engine/1");
        assertThat(report.path("batches")).hasSize(2);
        assertThat(report.at("/batches/1/batch").asInt()).isEqualTo(3);
        assertThat(report.at("/batches/1/decode_tokens_per_second/median").asDouble())
                .isPositive();
        assertThat(report.at("/batches/0/prefill_tokens_per_second/runs").asInt())
                .isEqualTo(2);
    }

    @Test
    void measuresACheckpointThatMakeModelWrote(@TempDir Path folder) throws Exception {
        CheckpointFolder.of("tiny", "BF16").write(folder, 1, 1, done -> {});
        assertThat(run("--model=" + folder, "--prompt=16", "--batch=2"))
                .as(err.toString())
                .isZero();
    }

    @Test
    void measuresAnExportedDecoderByOneAndByEightSequences(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("r.json");
        String model = Path.of(System.getProperty("foretoken.root"), "src", "models", "onnx-fixtures", "llama-genai")
                .toString();
        assertThat(run("--model=" + model, "--prompt=8", "--batch=1,8", "--json=" + json))
                .as(err.toString())
                .isZero();
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.path("runtime").asText()).contains("onnx");
        assertThat(report.path("batches")).hasSize(2);
        assertThat(report.at("/batches/1/decode_tokens_per_second/median").asDouble())
                .isPositive();
    }

    @Test
    void measuresDraftsThatARehearsalMadeRight() {
        assertThat(run("--model=random:tiny", "--prompt=16", "--batch=1", "--speculate=4", "--draft-acceptance=0.7"))
                .as(err.toString())
                .isZero();
        assertThat(run("--model=random:tiny", "--batch=1", "--draft-acceptance=1.5"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--draft-acceptance 1.5");
    }

    @Test
    void aModelThatIsNotThereIsOneSentence() {
        assertThat(run("--model=llama-1.1b", "--batch=1")).isEqualTo(2);
        assertThat(err.toString()).contains("there is no such folder").contains("random:llama-1.1b");
        assertThat(run("--model=random:tiny", "--batch=0")).isEqualTo(2);
    }

    private int run(String... arguments) {
        String[] all = new String[arguments.length + 2];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--generate=8";
        all[arguments.length + 1] = "--repeat=2";
        return new CommandLine(new EngineCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all);
    }
}

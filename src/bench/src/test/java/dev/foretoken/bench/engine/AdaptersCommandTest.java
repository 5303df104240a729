package dev.foretoken.bench.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The real engine on a tiny model. */
@Timeout(300)
class AdaptersCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void measuresABatchWithAdaptersAgainstTheSameWithout(@TempDir Path folder) throws Exception {
        Path json = folder.resolve("a.json");
        assertThat(run("--shape=tiny", "--adapters=3", "--rank=4", "--batch=5", "--json=" + json))
                .as(err.toString())
                .isZero();
        JsonNode report = new ObjectMapper().readTree(json.toFile());
        assertThat(report.path("schema").asText()).isEqualTo("foretoken.bench.adapters/1");
        for (String kind : new String[] {"base", "adapted"}) {
            assertThat(report.path(kind).at("/decode_tokens_per_second/runs").asInt())
                    .isEqualTo(2);
        }
        double share = report.at("/adapted/decode_tokens_per_second/median").asDouble()
                / report.at("/base/decode_tokens_per_second/median").asDouble();
        assertThat(report.path("decode_share").asDouble()).isCloseTo(share, org.assertj.core.data.Offset.offset(1e-6));
        assertThat(out.toString()).contains("with 3 of rank 4", "share");
    }

    @Test
    void refusesWhatCannotBeMeasuredInASentence() {
        assertThat(run("--shape=tiny", "--adapters=0")).isEqualTo(2);
        assertThat(err.toString()).contains("expected at least 1 of both");
        assertThat(run("--shape=none")).isNotZero();
    }

    private int run(String... arguments) {
        String[] all = new String[arguments.length + 3];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        all[arguments.length] = "--prompt=20";
        all[arguments.length + 1] = "--generate=8";
        all[arguments.length + 2] = "--repeat=2";
        return new CommandLine(new AdaptersCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all);
    }
}

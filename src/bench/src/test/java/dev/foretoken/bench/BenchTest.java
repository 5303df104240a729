package dev.foretoken.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class BenchTest {
    @Test
    void everyCommandExplainsItself() {
        CommandLine bench = Bench.commandLine();
        assertThat(bench.getSubcommands())
                .containsKeys("serve", "engine", "make-model", "probe", "jmh", "eval", "quality", "load", "batch");
        bench.getSubcommands().forEach((name, command) -> {
            StringWriter out = new StringWriter();
            assertThat(Bench.commandLine().setOut(new PrintWriter(out)).execute(name, "--help"))
                    .isZero();
            assertThat(out.toString()).as(name).contains("Usage: bench " + name);
        });
    }

    @Test
    void theLauncherMayHandOnTheNameOfTheTool() {
        assertThat(Bench.withoutOwnName(new String[] {"bench", "serve", "x"})).containsExactly("serve", "x");
        assertThat(Bench.withoutOwnName(new String[] {"eval", "bench"})).containsExactly("eval", "bench");
        assertThat(Bench.withoutOwnName(new String[] {})).isEmpty();
    }

    @Test
    void namesOfScenariosMayBeWrittenSmall() {
        StringWriter out = new StringWriter();
        int status = Bench.commandLine()
                .setOut(new PrintWriter(out))
                .execute("cluster", "--scenario", "burst", "--pods", "2", "--rate", "10", "--seconds", "1");
        assertThat(status).isZero();
        assertThat(out.toString()).contains("expected-ttft, 1 gateway");
    }

    @Test
    void anUnexpectedFailureIsOneLine() {
        StringWriter err = new StringWriter();
        int status = Bench.commandLine().setErr(new PrintWriter(err)).execute("serve", "http://127.0.0.1:1");
        assertThat(status).isEqualTo(1);
        assertThat(err.toString()).contains("cannot be reached").doesNotContain("\tat ");
    }
}

package dev.foretoken.bench.experts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Every strategy is measured at every number of tokens. */
class ExpertsCommandTest {
    private final StringWriter out = new StringWriter();

    private int run(String... arguments) {
        CommandLine command = new CommandLine(new ExpertsCommand());
        command.setOut(new PrintWriter(out));
        command.setExecutionExceptionHandler((failure, line, parsed) -> {
            out.write(String.valueOf(failure.getMessage()));
            return 1;
        });
        return command.execute(arguments);
    }

    @Test
    void measuresEveryStrategyAtEveryNumberOfTokens() {
        assertThat(run(
                        "--hidden=16",
                        "--inner=8",
                        "--experts=3",
                        "--top-k=2",
                        "--tokens=1,5",
                        "--layers=2",
                        "--repeat=2",
                        "--threads=1"))
                .isZero();
        assertThat(out.toString().lines().filter(line -> line.matches("(1|5) +(per-token|grouped|dense) .*")))
                .hasSize(6);
    }

    @Test
    void refusesMoreExpertsOfATokenThanThereAre() {
        assertThat(run("--experts=2", "--top-k=3")).isEqualTo(1);
        assertThat(out.toString()).contains("3 of 2 experts");
    }
}

package dev.foretoken.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private final AtomicLong clock = new AtomicLong();

    @Test
    void aLogGetsALineEveryTenSecondsAndTheLastState() {
        try (ProgressBar bar = new ProgressBar("load", out, false, clock::get)) {
            for (int i = 0; i <= 20; i++) {
                clock.set(i * 1_000_000_000L);
                bar.update(i, 20, i + " done");
            }
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("""
                load [###############...............]  50 %  10 s, 10 s left  10 done
                load [##############################] 100 %  20 s  20 done
                load [##############################] 100 %  20 s  20 done
                """);
    }

    @Test
    void aTerminalIsRedrawnInPlace() {
        ProgressBar bar = new ProgressBar("load", out, true, clock::get);
        clock.set(1_000_000_000L);
        bar.update(1, 2, "x");
        clock.addAndGet(1_000_000);
        bar.update(2, 2, "y");
        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .startsWith("\r\033[Kload")
                .doesNotContain("\n", "y");
        bar.close();
        assertThat(bytes.toString(StandardCharsets.UTF_8)).contains("y").endsWith(System.lineSeparator());
    }
}

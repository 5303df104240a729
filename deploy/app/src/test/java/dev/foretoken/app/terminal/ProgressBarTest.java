package dev.foretoken.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressBarTest {

    private final AtomicLong millis = new AtomicLong();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

    @Test
    void quickWorkShowsNothing() {
        try (ProgressBar bar = new ProgressBar(out, ProgressBar.Unit.BYTES, true, millis::get)) {
            bar.update("packing weights", 1 << 20, 2 << 20);
        }
        assertThat(printed()).isEmpty();
    }

    @Test
    void slowWorkMovesOneLineOnAndClearsItAtTheEnd() {
        try (ProgressBar bar = new ProgressBar(out, ProgressBar.Unit.BYTES, true, millis::get)) {
            millis.set(3000);
            bar.update("packing weights", 1 << 20, 2 << 20);
        }
        assertThat(printed()).isEqualTo("\r\033[Kpacking weights [############            ] 50 % of 2 MiB\r\033[K");
    }

    @Test
    void aSentenceStandsAboveTheLineThatMovesOn() {
        try (ProgressBar bar = new ProgressBar(out, ProgressBar.Unit.STEPS, true, millis::get)) {
            millis.set(3000);
            bar.update("waiting", 1, 2);
            bar.say("nobody is there");
            millis.set(4000);
            bar.update("waiting", 1, 2);
        }
        String line = "waiting [############            ] 50 % (1 of 2)";
        assertThat(printed())
                .isEqualTo("\r\033[K" + line + "\r\033[Knobody is there" + System.lineSeparator() + "\r\033[K" + line
                        + "\r\033[K");
    }

    /** Who ends the process closes it while another thread may still draw. */
    @Test
    void nothingIsDrawnAfterItsEnd() {
        ProgressBar bar = new ProgressBar(out, ProgressBar.Unit.STEPS, true, millis::get);
        bar.close();
        millis.set(3000);
        bar.update("waiting", 1, 2);
        bar.close();
        assertThat(printed()).isEmpty();
    }

    @Test
    void aLogGetsOneLinePerStage() {
        try (ProgressBar bar = new ProgressBar(out, ProgressBar.Unit.BYTES, false, millis::get)) {
            millis.set(3000);
            bar.update("reading", 1, 10);
            millis.set(6000);
            bar.update("reading", 2, 10);
            bar.update("packing weights", 1, 10);
        }
        assertThat(printed())
                .isEqualTo("reading" + System.lineSeparator() + "packing weights" + System.lineSeparator());
    }

    @Test
    void anUnknownTotalIsNoPercentage() {
        assertThat(ProgressBar.line("reading", ProgressBar.Unit.BYTES, 5, 0)).contains("0 %");
    }

    @Test
    void stepsAreCounted() {
        assertThat(ProgressBar.line("rounding", ProgressBar.Unit.STEPS, 3, 12)).endsWith("] 25 % (3 of 12)");
    }

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}

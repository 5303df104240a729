package dev.foretoken.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void alignsTheFirstColumnLeftAndTheOthersRight() {
        String text = new Table("what", "p50", "p99")
                .row("TTFT", "1.20 ms", "30 ms")
                .row("end to end", "2 s")
                .render();
        assertThat(text).isEqualTo("""
                what            p50    p99
                --------------------------
                TTFT        1.20 ms  30 ms
                end to end      2 s
                """);
    }

    @Test
    void refusesARowWiderThanItsHeader() {
        assertThatThrownBy(() -> new Table("a").row("1", "2")).hasMessageContaining("2 cells");
    }
}

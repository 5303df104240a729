package dev.foretoken.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class TableTest {

    @Test
    void columnsAreAsWideAsTheirWidestText() {
        Table table = new Table("NAME", ">SIZE").row("toy", "5 B").row("longer-name", "1.20 KiB");
        assertThat(table.lines())
                .containsExactly("NAME             SIZE", "toy               5 B", "longer-name  1.20 KiB");
    }

    @Test
    void aRowOfAnotherLengthIsRefused() {
        assertThatThrownBy(() -> new Table("A", "B").row("1")).hasMessageContaining("1 cells under 2");
    }

    @Test
    void bytesHaveThreeDigitsAndAUnit() {
        assertThat(Figures.bytes(0)).isEqualTo("0 B");
        assertThat(Figures.bytes(1023)).isEqualTo("1023 B");
        assertThat(Figures.bytes(1536)).isEqualTo("1.50 KiB");
        assertThat(Figures.bytes(18_000_000)).isEqualTo("17.2 MiB");
        assertThat(Figures.bytes(700L << 30)).isEqualTo("700 GiB");
        assertThat(Figures.bytes(Long.MAX_VALUE)).isEqualTo("8192 PiB");
    }

    @Test
    void timesAreInUtc() {
        assertThat(Figures.time(Instant.parse("2026-03-01T23:59:59Z"))).isEqualTo("2026-03-01 23:59");
        assertThat(Figures.percent(0.985)).isEqualTo("98.5 %");
    }
}

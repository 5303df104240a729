package dev.foretoken.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FormatTest {
    @Test
    void durationsCarryTheirUnit() {
        assertThat(Format.seconds(0.0004207)).isEqualTo("0.421 ms");
        assertThat(Format.seconds(0.0123)).isEqualTo("12.3 ms");
        assertThat(Format.seconds(12.34)).isEqualTo("12.3 s");
    }

    @Test
    void numbersKeepThreeDigitsWhateverTheirSize() {
        assertThat(Format.significant(1234.4)).isEqualTo("1,234");
        assertThat(Format.significant(1.004)).isEqualTo("1.00");
        assertThat(Format.significant(0)).isEqualTo("0");
        assertThat(Format.percent(0.9734)).isEqualTo("97.3 %");
    }
}

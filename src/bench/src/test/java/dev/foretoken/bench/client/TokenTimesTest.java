package dev.foretoken.bench.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenTimesTest {
    @Test
    void countsTokensInsideAHalfOpenSpan() {
        TokenTimes times = new TokenTimes();
        for (int i = 0; i < 100; i++) {
            times.add(i * 10L, 2);
        }
        assertThat(times.events()).isEqualTo(100);
        assertThat(times.total()).isEqualTo(200);
        assertThat(times.between(10, 30)).isEqualTo(4);
        assertThat(times.between(10, 31)).isEqualTo(6);
        assertThat(times.nanosAt(99)).isEqualTo(990);
    }
}

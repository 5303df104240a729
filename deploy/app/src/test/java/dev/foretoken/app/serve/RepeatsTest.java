package dev.foretoken.app.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class RepeatsTest {

    private final AtomicLong now = new AtomicLong();
    private final Repeats repeats = new Repeats(now::get);

    @Test
    void theSameIsSaidOnceAMinute() {
        assertThat(repeats.isNews("away")).isTrue();
        now.addAndGet(Duration.ofSeconds(59).toNanos());
        assertThat(repeats.isNews("away")).isFalse();
        assertThat(repeats.isNews("refused")).isTrue();
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        assertThat(repeats.isNews("away")).isTrue();
        assertThat(repeats.isNews("away")).isFalse();
    }

    @Test
    void aMillionSentencesAreNotKept() {
        repeats.isNews("first");
        for (int i = 0; i < 1000; i++) {
            repeats.isNews("sentence " + i);
        }
        assertThat(repeats.isNews("first")).isTrue();
    }

    @Test
    void onlyClientsOfKafkaRepeatThemselves() {
        RepeatedWarnings filter = new RepeatedWarnings();
        assertThat(filter.isLoggable(of("org.apache.kafka.clients.NetworkClient")))
                .isTrue();
        assertThat(filter.isLoggable(of("org.apache.kafka.clients.NetworkClient")))
                .isFalse();
        for (int i = 0; i < 2; i++) {
            assertThat(filter.isLoggable(of("dev.foretoken.batch"))).isTrue();
            assertThat(filter.isLoggable(of(null))).isTrue();
        }
    }

    private static LogRecord of(String logger) {
        LogRecord entry = new LogRecord(Level.WARNING, "Node may not be available.");
        entry.setLoggerName(logger);
        return entry;
    }
}

package dev.foretoken.app.command.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SilenceTest {

    private static final int AWAY = -1;

    private final AtomicLong now = new AtomicLong();
    private int servers;
    private int asked;
    private final Silence silence = new Silence(this::count, "nobody is there", now::get);

    private int count() {
        asked++;
        if (servers == AWAY) {
            throw new ForetokenException(ErrorCode.SOURCE_UNAVAILABLE, "Kafka did not answer");
        }
        return servers;
    }

    private Optional<String> after(int seconds, int answered) throws InterruptedException {
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
        return silence.after(answered);
    }

    @Test
    void nobodyIsAskedWhileAnswersCome() throws InterruptedException {
        for (int answered = 1; answered < 10; answered++) {
            assertThat(after(9, answered)).isEmpty();
            assertThat(after(9, answered)).isEmpty();
        }
        assertThat(asked).isZero();
    }

    @Test
    void servedRequestsThatTakeLongAreNoNews() throws InterruptedException {
        servers = 1;
        assertThat(after(10, 0)).isEmpty();
        assertThat(after(10, 0)).isEmpty();
        assertThat(asked).isEqualTo(2);
    }

    @Test
    void whatIsMissingIsSaidOnceUntilItChanges() throws InterruptedException {
        assertThat(after(9, 0)).isEmpty();
        assertThat(after(1, 0)).contains("nobody is there");
        assertThat(after(1, 0)).isEmpty();
        assertThat(after(10, 0)).isEmpty();
        servers = AWAY;
        assertThat(after(10, 0)).contains("Kafka did not answer; answers are waited for");
        servers = 0;
        assertThat(after(10, 0)).contains("nobody is there");
        servers = 1;
        assertThat(after(10, 0)).isEmpty();
        servers = 0;
        assertThat(after(10, 0)).contains("nobody is there");
        assertThat(after(10, 1)).isEmpty();
        assertThat(after(10, 1)).as("after an answer").contains("nobody is there");
    }
}

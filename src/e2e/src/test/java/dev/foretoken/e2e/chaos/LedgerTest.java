package dev.foretoken.e2e.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When tokens flow again after a fault. */
class LedgerTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final double QUIET = 4;
    private static final long FAULT = 100 * SECOND;

    private final Ledger ledger = new Ledger();

    /** @param count of tokens, within the second that begins there */
    private void tokens(long second, int count) {
        for (int i = 0; i < count; i++) {
            ledger.token(second + i * SECOND / 10);
        }
    }

    @Test
    void aRateIsOfOneSecond() {
        tokens(0, 3);
        tokens(SECOND, 5);
        assertThat(ledger.rate(0, 2 * SECOND)).isEqualTo(QUIET);
    }

    @Test
    void noTokenTellsAnythingBeforeASecondHasPassed() {
        tokens(FAULT, 9);
        assertThat(ledger.flowsAgain(QUIET, FAULT, FAULT + SECOND - 1)).isFalse();
        assertThat(ledger.flowsAgain(QUIET, FAULT, FAULT + SECOND)).isTrue();
    }

    @Test
    void halfAsManyInTheLastSecondAreEnough() {
        tokens(FAULT, 4);
        tokens(FAULT + SECOND, 1);
        tokens(FAULT + 2 * SECOND, 2);
        assertThat(ledger.flowsAgain(QUIET, FAULT, FAULT + 2 * SECOND)).isFalse();
        assertThat(ledger.flowsAgain(QUIET, FAULT, FAULT + 3 * SECOND)).isTrue();
    }

    @Test
    void itTookUntilTheEndOfTheLastSecondWithFewer() {
        tokens(FAULT, 1);
        tokens(FAULT + SECOND, 2);
        tokens(FAULT + 2 * SECOND, 1);
        tokens(FAULT + 3 * SECOND, 4);
        assertThat(ledger.recovery(QUIET, FAULT, FAULT + 4 * SECOND)).isEqualTo(Duration.ofSeconds(3));
        assertThat(ledger.recovery(QUIET, FAULT, FAULT + 2 * SECOND)).isEqualTo(Duration.ofSeconds(1));
        assertThat(ledger.recovery(QUIET, FAULT + 3 * SECOND, FAULT + 4 * SECOND))
                .isZero();
    }
}

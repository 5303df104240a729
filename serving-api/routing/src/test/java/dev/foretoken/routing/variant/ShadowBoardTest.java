package dev.foretoken.routing.variant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ShadowBoardTest {

    private static final TokenComparison EQUAL = TokenComparison.of(new int[] {1, 2, 3, 4}, new int[] {1, 2, 3, 4});
    private static final TokenComparison DIFFERENT = TokenComparison.of(new int[] {1, 2, 3, 4}, new int[] {1, 9, 3});

    private final ShadowBoard board = new ShadowBoard(new ShadowLimits(4, 0.3, 0.25, 0.5, 0));

    @Test
    void findsTheFirstDifferenceAndTheShareOfEqualTokens() {
        assertThat(EQUAL.firstDifference()).isEmpty();
        assertThat(DIFFERENT.firstDifference()).hasValue(1);
        assertThat(DIFFERENT.equal()).isEqualTo(2);
        assertThat(DIFFERENT.compared()).isEqualTo(4);
        TokenComparison shorter = TokenComparison.of(new int[] {1, 2, 3}, new int[] {1, 2});
        assertThat(shorter.firstDifference()).hasValue(2);
    }

    @Test
    void sumsUpWhatWasCompared() {
        board.compared(EQUAL);
        board.compared(DIFFERENT);
        ShadowScore score = board.score();
        assertThat(score.compared()).isEqualTo(2);
        assertThat(score.identical()).isOne();
        assertThat(score.equalShare()).isCloseTo(6 / 8.0, within(1e-12));
        assertThat(score.meanFirstDifference()).isEqualTo(1);
        assertThat(score.meanLengthDifference()).isEqualTo(0.5);
        assertThat(score.stopped()).isEmpty();
    }

    @Test
    void stopsWhenAnswersDivergeOnceThereAreEnough() {
        for (int i = 0; i < 3; i++) {
            board.compared(DIFFERENT);
            assertThat(board.isStopped()).isFalse();
        }
        board.compared(DIFFERENT);
        assertThat(board.score().stopped().orElseThrow()).startsWith("divergence: a share of 0.500");
    }

    @Test
    void stopsAtTooManyErrorsAndStaysStopped() {
        board.compared(EQUAL);
        board.compared(EQUAL);
        board.failed();
        board.failed();
        assertThat(board.score().stopped().orElseThrow()).startsWith("errors: a share of 0.500");
        for (int i = 0; i < 100; i++) {
            board.compared(EQUAL);
        }
        assertThat(board.isStopped()).isTrue();
    }

    @Test
    void stopsWhenEnginesAreTooBusyForShadows() {
        board.compared(EQUAL);
        board.shed();
        board.shed();
        board.shed();
        assertThat(board.score().stopped().orElseThrow()).startsWith("load: ");
    }

    @Test
    void requestsThatWereLeftOutAreNoSamples() {
        for (int i = 0; i < 100; i++) {
            board.skipped();
        }
        assertThat(board.score().skipped()).isEqualTo(100);
        assertThat(board.isStopped()).isFalse();
    }
}

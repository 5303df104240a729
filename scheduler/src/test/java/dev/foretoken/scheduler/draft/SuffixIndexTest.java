package dev.foretoken.scheduler.draft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeSequence;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SuffixIndexTest {

    private static final int ROOM = 100;

    private static FakeSequence known(int... tokens) {
        return new FakeSequence(1, tokens, ROOM);
    }

    private static int[] proposed(FakeSequence tokens, int most) {
        return proposed(new SuffixIndex(tokens), most);
    }

    private static int[] proposed(SuffixIndex index, int most) {
        int[] target = new int[most];
        return Arrays.copyOf(target, index.propose(most, target)).length == 0 ? new int[0] : target;
    }

    @Test
    void proposesWhatFollowedTheSameTokensBefore() {
        assertThat(proposed(known(1, 2, 3, 4, 5, 6, 9, 2, 3), 3)).containsExactly(4, 5, 6);
    }

    @Test
    void knowsNothingBehindATokenThatNeverStoodBefore() {
        assertThat(proposed(known(1, 2, 3), 4)).isEmpty();
        assertThat(proposed(known(1), 4)).isEmpty();
    }

    @Test
    void theLongestMatchWinsOverANewerShorterOne() {
        FakeSequence tokens = known(1, 2, 3, 40, 8, 2, 3, 50, 9, 3, 60, 1, 2, 3);
        assertThat(proposed(tokens, 1)).containsExactly(40);
    }

    @Test
    void theNewestOfEquallyLongMatchesWins() {
        assertThat(proposed(known(7, 10, 7, 20, 7), 1)).containsExactly(20);
    }

    @Test
    void aRepetitionIsTakenToGoOn() {
        assertThat(proposed(known(9, 1, 2, 1, 2), 5)).containsExactly(1, 2, 1, 2, 1);
        assertThat(proposed(known(5, 5), 3)).containsExactly(5, 5, 5);
    }

    @Test
    void takesInTokensAsTheyCome() {
        FakeSequence tokens = known(1, 2, 3);
        SuffixIndex index = new SuffixIndex(tokens);
        assertThat(proposed(index, 2)).isEmpty();
        tokens.then(8, 1);
        assertThat(proposed(index, 2)).containsExactly(2, 3);
        tokens.then(2);
        assertThat(proposed(index, 2)).containsExactly(3, 8);
    }

    /** More different tokens than the table has slots: what is forgotten is not found, what is found is true. */
    @Test
    void neverProposesWhatDidNotFollowHoweverFullItIs() {
        int length = 60_000;
        SplittableRandom random = new SplittableRandom(3);
        FakeSequence tokens = known(random.ints(length - 2, 0, 5000).toArray());
        SuffixIndex index = new SuffixIndex(tokens);
        for (int i = 0; i < 2; i++) {
            int[] found = proposed(index, 1);
            if (found.length == 1) {
                assertThat(follows(tokens, tokens.tokenAt(tokens.length() - 1), found[0]))
                        .isTrue();
            }
            tokens.then(random.nextInt(5000));
        }
        tokens = known(random.ints(length - 1, 0, 50).toArray());
        assertThat(proposed(tokens, 4)).hasSize(4);
    }

    private static boolean follows(FakeSequence tokens, int before, int token) {
        for (int i = 1; i < tokens.length(); i++) {
            if (tokens.tokenAt(i - 1) == before && tokens.tokenAt(i) == token) {
                return true;
            }
        }
        return false;
    }
}

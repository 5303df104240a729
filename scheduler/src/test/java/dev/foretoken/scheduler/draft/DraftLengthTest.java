package dev.foretoken.scheduler.draft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class DraftLengthTest {

    private final DraftLength length = new DraftLength(4);

    @Test
    void startsInTheMiddleAndGrowsUpToTheMostWhenAllIsRight() {
        assertThat(length.at(10)).isEqualTo(2);
        length.verified(2, 2, 10);
        assertThat(length.at(13)).isEqualTo(4);
        length.verified(4, 4, 13);
        assertThat(length.at(18)).isEqualTo(4);
    }

    @Test
    void shrinksWithAWrongOneOnlyWhileMostAreWrong() {
        length.verified(2, 2, 10);
        length.verified(4, 3, 13);
        assertThat(length.at(17)).isEqualTo(4);
        for (int known = 17; known < 20; known++) {
            length.verified(4, 0, known);
        }
        assertThat(length.at(20)).isEqualTo(3);
        length.verified(3, 0, 20);
        assertThat(length.at(21)).isEqualTo(2);
    }

    @Test
    void pausesForTwiceAsLongEachTimeUntilOneIsRight() {
        length.verified(2, 0, 10);
        length.verified(1, 0, 11);
        assertThat(length.at(12)).isEqualTo(1);
        length.verified(1, 0, 12);
        assertThat(length.at(27)).isZero();
        assertThat(length.at(28)).isEqualTo(1);
        length.verified(1, 0, 28);
        assertThat(length.at(59)).isZero();
        assertThat(length.at(60)).isEqualTo(1);
        length.verified(1, 1, 60);
        assertThat(length.at(62)).isEqualTo(3);
        while (length.at(62) > 0) {
            length.verified(3, 0, 62);
        }
        assertThat(length.at(77)).isZero();
        assertThat(length.at(78)).isEqualTo(1);
    }

    @Test
    void staysNearTheMostWhenSevenOfTenAreRightAndMostlyPausesWhenOneOfTenIs() {
        assertThat(meanLength(0.7)).isGreaterThan(3.2);
        assertThat(meanLength(0.1)).isLessThan(0.2);
    }

    /** Mean of the proposals per step while 20,000 tokens are generated. */
    private static double meanLength(double chance) {
        DraftLength length = new DraftLength(4);
        SplittableRandom random = new SplittableRandom(1);
        int proposals = 0;
        int steps = 0;
        for (int known = 10; known < 20_000; steps++) {
            int proposed = length.at(known);
            int accepted = 0;
            while (accepted < proposed && random.nextDouble() < chance) {
                accepted++;
            }
            if (proposed > 0) {
                length.verified(proposed, accepted, known);
            }
            proposals += proposed;
            known += 1 + accepted;
        }
        return (double) proposals / steps;
    }
}

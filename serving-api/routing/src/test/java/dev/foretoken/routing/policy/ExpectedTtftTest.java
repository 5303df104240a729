package dev.foretoken.routing.policy;

import static dev.foretoken.routing.policy.Candidates.ahead;
import static dev.foretoken.routing.policy.Candidates.idle;
import static dev.foretoken.routing.policy.Candidates.of;
import static dev.foretoken.routing.policy.Candidates.stale;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.PrefillCost;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A token takes 1 µs and a step of 64 takes 10 µs more. */
class ExpectedTtftTest {

    private final ExpectedTtft policy = new ExpectedTtft();

    @Test
    void whatIsAheadAndWhatIsNotHeldMakeTheTime() {
        RouteFeatures features = of(0, 640, ahead(50_000, 320));
        assertThat(policy.score(features, 0)).isEqualTo(50_000 + 320_000 + 50_000);
    }

    @Test
    void goesWhereMostOfThePromptIsHeld() {
        assertThat(policy.choose(of(0, 1_000, ahead(0, 0), ahead(0, 900), ahead(0, 500))))
                .isEqualTo(1);
    }

    @Test
    void aQueueOutweighsAHit() {
        double saved = policy.score(of(0, 1_000, idle()), 0) - policy.score(of(0, 1_000, ahead(0, 900)), 0);
        assertThat(policy.choose(of(0, 1_000, ahead(saved * 0.8, 900), idle()))).isZero();
        assertThat(policy.choose(of(0, 1_000, ahead(saved * 1.5, 900), idle()))).isEqualTo(1);
    }

    /** The same times as in the test before, in which nobody was there. */
    @Test
    void whereManyWaitAHitOutweighsASomewhatShorterQueue() {
        double saved = policy.score(of(0, 1_000, idle()), 0) - policy.score(of(0, 1_000, ahead(0, 900)), 0);
        CandidateFeatures holder = crowded(saved * 1.5, 900);
        assertThat(policy.choose(of(0, 1_000, holder, crowded(0, 0)))).isZero();
        assertThat(policy.choose(of(0, 1_000, crowded(saved * 30, 900), crowded(0, 0))))
                .isEqualTo(1);
    }

    @Test
    void whatAFullOneRefusesGoesWhereItIsNotDearerOrWhereThereIsRoom() {
        CandidateFeatures full = crowded(0, 900);
        RouteFeatures features =
                of(0, 1_000, full, crowded(0, 0), crowded(1, 900), crowded(0, 900), ahead(500_000, 0), stale(0));
        assertThat(IntStream.range(1, 6).filter(i -> policy.isWorthInstead(features, 0, i)))
                .containsExactly(3, 4, 5);
        RouteFeatures uncounted = of(0, 0, full, crowded(1, 0));
        assertThat(policy.isWorthInstead(uncounted, 0, 1))
                .as("work that is not counted in tokens")
                .isTrue();
    }

    private static CandidateFeatures crowded(double aheadNanos, int cachedTokens) {
        return new CandidateFeatures(
                Standing.READY, true, 20, 0, 0, 0, aheadNanos, cachedTokens, 0, Candidates.COST, 0, 1);
    }

    @Test
    void oneThatHasJustComeIsTakenToBeSlower() {
        CandidateFeatures young =
                new CandidateFeatures(Standing.READY, true, 0, 0, 0, 0, 0, 0, 0, Candidates.COST, 0, 4);
        assertThat(policy.choose(of(0, 100, young, ahead(100_000, 0)))).isEqualTo(1);
    }

    @Test
    void theirOwnCostsTellSlowEnginesFromFastOnes() {
        PrefillCost slow = new PrefillCost(5_000, 0, 10_000, 64);
        CandidateFeatures old = new CandidateFeatures(Standing.READY, true, 0, 0, 0, 0, 0, 0, 0, slow, 0, 1);
        assertThat(policy.choose(of(0, 1_000, old, ahead(1_000_000, 0)))).isEqualTo(1);
    }

    @Test
    void oneThatHasNotMeasuredIsTakenForTheAverageOfTheOthers() {
        CandidateFeatures queued =
                new CandidateFeatures(Standing.READY, true, 1, 0, 400, 100, 0, 0, 0, PrefillCost.NONE, 0, 1);
        RouteFeatures features = of(0, 64, queued, idle());
        assertThat(policy.score(features, 0)).isEqualTo(500_000 + 500 / 64.0 * 10_000 + 10_000 + 64_000 + 10_000);
        assertThat(policy.choose(features)).isEqualTo(1);
    }

    @Test
    void whereNobodyHasMeasuredTheLeastBusyIsTaken() {
        CandidateFeatures busy =
                new CandidateFeatures(Standing.READY, true, 5, 0, 0, 0, 0, 0, 0, PrefillCost.NONE, 0, 1);
        CandidateFeatures free =
                new CandidateFeatures(Standing.READY, true, 1, 2, 0, 0, 0, 0, 0, PrefillCost.NONE, 0, 1);
        assertThat(policy.choose(of(0, 64, busy, free))).isEqualTo(1);
    }

    @Test
    void whoSeemsIdleBecauseItIsSilentGetsNothing() {
        assertThat(policy.choose(of(0, 1_000, stale(0), ahead(9e9, 0), ahead(9e9, 0))))
                .isNotZero();
    }

    @Test
    void whereMostAreSilentTheLessBusyOfTwoDrawnIsTaken() {
        RouteFeatures features = of(0, 1_000, stale(5), stale(2), stale(9), idle());
        assertThat(policy.choose(features))
                .isEqualTo(new PowerOfTwo().choose(features))
                .isEqualTo(1);
        Random random = new Random(3);
        for (int i = 0; i < 500; i++) {
            RouteFeatures drawn = of(random.nextLong(), 1_000, stale(5), stale(2), stale(9), stale(1));
            assertThat(policy.choose(drawn)).isEqualTo(new PowerOfTwo().choose(drawn));
        }
    }

    @Test
    void gatewaysThatSeeTheSameDoNotAllTakeTheSameOfEquals() {
        int[] chosen = new int[4];
        Random random = new Random(5);
        for (int i = 0; i < 4_000; i++) {
            chosen[policy.choose(of(random.nextLong(), 100, idle(), idle(), ahead(9e9, 0), idle()))]++;
        }
        assertThat(chosen[2]).isZero();
        assertThat(chosen[0]).isBetween(1_150, 1_500);
        assertThat(chosen[1]).isBetween(1_150, 1_500);
    }
}

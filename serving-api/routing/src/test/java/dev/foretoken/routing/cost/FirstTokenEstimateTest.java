package dev.foretoken.routing.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.contract.engine.PromptWork;
import org.junit.jupiter.api.Test;

class FirstTokenEstimateTest {

    private static final PrefillCost COST = new PrefillCost(100, 1, 1000, 10);

    @Test
    void aPromptCostsItsTokensWhatTheyAttendToAndItsStepsOfOthers() {
        assertThat(FirstTokenEstimate.promptNanos(COST, 20, 0)).isEqualTo(20 * 100 + 20 * 21 / 2 + 2 * 1000);
    }

    @Test
    void heldTokensCostOnlyWhatTheRestAttendsTo() {
        assertThat(FirstTokenEstimate.promptNanos(COST, 20, 15)).isEqualTo(5 * 100 + 5 * 15 + 15 + 1000);
    }

    @Test
    void theLastTokenIsComputedEvenWhereAllAreHeld() {
        assertThat(FirstTokenEstimate.promptNanos(COST, 20, 20)).isEqualTo(100 + 19 + 1 + 1000);
    }

    @Test
    void noPromptCostsNothing() {
        assertThat(FirstTokenEstimate.promptNanos(COST, 0, 0)).isZero();
    }

    @Test
    void whatIsAheadSharesItsSteps() {
        PromptWork work = new PromptWork(3, 2, 15, 0);
        assertThat(FirstTokenEstimate.aheadNanos(work, COST, 1)).isEqualTo(5 * 100 + 15 + 500);
    }

    @Test
    void whereAllPlacesAreTakenAPromptWaitsForThem() {
        PromptWork work = new PromptWork(3, 2, 15, 2000);
        assertThat(FirstTokenEstimate.aheadNanos(work, COST, 4)).isEqualTo(5 * 2000);
        assertThat(FirstTokenEstimate.aheadNanos(work.withPlaces(10), COST, 4)).isEqualTo(5 * 100 + 15 + 500);
    }

    @Test
    void theSumOfTwoPartsIsTheWhole() {
        double whole = FirstTokenEstimate.attended(0, 20);
        assertThat(FirstTokenEstimate.attended(0, 12) + FirstTokenEstimate.attended(12, 8))
                .isEqualTo(whole);
    }

    @Test
    void refusesCostsThatMeanNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PrefillCost(Double.NaN, 0, 0, 1))
                .withMessageContaining("nanosPerToken is NaN");
        assertThatIllegalArgumentException().isThrownBy(() -> new PrefillCost(0, 0, -1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new PrefillCost(0, 0, 0, 0));
        assertThat(PrefillCost.NONE.isMeasured()).isFalse();
    }
}

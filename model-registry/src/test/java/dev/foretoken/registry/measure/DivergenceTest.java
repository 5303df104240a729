package dev.foretoken.registry.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.foretoken.contract.runtime.TokenLogprobs;
import org.junit.jupiter.api.Test;

class DivergenceTest {

    @Test
    void isThatOfTheListedTokensAndOfAllTheOthersTogether() {
        Divergence divergence = new Divergence();
        // reference 0.5, 0.25 and 0.25 for the rest; compared 0.25, 0.25 and 0.5
        divergence.add(listing(new int[] {7, 3}, 0.5, 0.25), listing(new int[] {3, 7, 9}, 0.25, 0.25, 0.2));
        double expected = 0.5 * Math.log(2) + 0.25 * Math.log(0.5);
        assertThat(divergence.mean()).isCloseTo(expected, within(1e-6));
        assertThat(divergence.agreement()).isZero();
    }

    @Test
    void ofADistributionFromItselfIsNothing() {
        Divergence divergence = new Divergence();
        TokenLogprobs one = listing(new int[] {7, 3, 4}, 0.6, 0.3, 0.1);
        divergence.add(one, one);
        divergence.add(one, one);
        assertThat(divergence.mean()).isZero();
        assertThat(divergence.agreement()).isEqualTo(1);
    }

    @Test
    void aTokenThatIsNotListedIsOneOfTheOthers() {
        Divergence divergence = new Divergence();
        // 4 is not listed by the compared one: 0.6 against 0.6, and 0.4 against 0.4 for all the others
        divergence.add(listing(new int[] {7, 4}, 0.6, 0.3), listing(new int[] {7, 5}, 0.6, 0.35));
        assertThat(divergence.mean()).isCloseTo(0, within(1e-6));
    }

    @Test
    void isTheMeanOverPositions() {
        Divergence divergence = new Divergence();
        TokenLogprobs sure = listing(new int[] {1}, 1.0);
        divergence.add(sure, sure);
        divergence.add(sure, listing(new int[] {2, 1}, 0.5, 0.5));
        assertThat(divergence.mean()).isCloseTo(Math.log(2) / 2, within(1e-6));
        assertThat(divergence.agreement()).isEqualTo(0.5);
    }

    private static TokenLogprobs listing(int[] ids, double... shares) {
        float[] logprobs = new float[shares.length];
        for (int i = 0; i < shares.length; i++) {
            logprobs[i] = (float) Math.log(shares[i]);
        }
        return new TokenLogprobs(ids[0], logprobs[0], 1, ids, logprobs);
    }
}

package dev.foretoken.nativeruntime.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Against values worked out by hand from the formulas; conformance checkpoints compare with transformers. */
final class RotaryFrequenciesTest {

    private static float[] inverse(RotaryScaling scaling, int length) {
        float[] inverse = new float[4];
        RotaryFrequencies.inverse(new RotarySettings(8, 10000, scaling), length, inverse);
        return inverse;
    }

    @Test
    void fallsByPowersOfTheBase() {
        assertThat(inverse(new RotaryScaling.None(), 1))
                .containsExactly(new float[] {1f, 0.1f, 0.01f, 0.001f}, within(1e-8f));
    }

    @Test
    void keepsDynamicFrequenciesUpToTheOriginalContext() {
        RotaryScaling dynamic = new RotaryScaling.Dynamic(4, 64);
        assertThat(inverse(dynamic, 64)).isEqualTo(inverse(new RotaryScaling.None(), 64));
        // base * (4 * 128 / 64 - 3)^(8/6)
        double theta = 10000 * Math.pow(5, 8.0 / 6);
        assertThat((double) inverse(dynamic, 128)[1]).isCloseTo(Math.pow(theta, -0.25), within(1e-8));
    }

    @Test
    void dividesLongWavelengthsOnlyInLlama3() {
        float[] scaled = inverse(new RotaryScaling.Llama3(8, 1, 4, 64), 1);
        assertThat(scaled[0]).isEqualTo(1f);
        // wavelength 62.8 lies between 16 and 64: smooth = (64/62.83 - 1) / 3
        double smooth = (64 / (20 * Math.PI) - 1) / 3;
        assertThat((double) scaled[1]).isCloseTo((1 - smooth) * 0.1 / 8 + smooth * 0.1, within(1e-8));
        assertThat(scaled[3]).isCloseTo(0.001f / 8, within(1e-9f));
    }

    @Test
    void rampsBetweenKeptAndDividedFrequenciesInYarn() {
        // Turning dimensions of 32 and 1 rotations over 64 tokens: below 0, and 8 * ln(64 / 2pi) / (2 ln 10000) = 1.008
        // -> 2.
        float[] scaled = inverse(new RotaryScaling.Yarn(4, 1, 32, 1, 64, true), 1);
        assertThat(scaled).containsExactly(new float[] {1f, 0.1f * 0.625f, 0.0025f, 0.00025f}, within(1e-7f));
    }
}

package dev.foretoken.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.IntSummaryStatistics;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LengthDistributionTest {
    @Test
    void readsAllThreeForms() {
        assertThat(LengthDistribution.parse("256")).isEqualTo(new LengthDistribution.Fixed(256));
        assertThat(LengthDistribution.parse("128..512")).isEqualTo(new LengthDistribution.Uniform(128, 512));
        assertThat(LengthDistribution.parse("normal:256:64")).isEqualTo(new LengthDistribution.Normal(256, 64));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-3", "5..4", "0..4", "normal:0:1", "normal:5", "many", "1.5"})
    void refusesWhatIsNoLength(String text) {
        assertThatThrownBy(() -> LengthDistribution.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void uniformReachesBothEndsAndNothingBeyond() {
        IntSummaryStatistics drawn = draw(new LengthDistribution.Uniform(3, 6), 2_000);
        assertThat(drawn.getMin()).isEqualTo(3);
        assertThat(drawn.getMax()).isEqualTo(6);
        assertThat(drawn.getAverage()).isCloseTo(4.5, within(0.15));
    }

    @Test
    void normalHasItsMeanAndStaysPositiveAndBounded() {
        assertThat(draw(new LengthDistribution.Normal(200, 20), 5_000).getAverage())
                .isCloseTo(200, within(1.5));
        IntSummaryStatistics wide = draw(new LengthDistribution.Normal(2, 50), 5_000);
        assertThat(wide.getMin()).isEqualTo(1);
        assertThat(wide.getMax()).isLessThanOrEqualTo(202);
    }

    private static IntSummaryStatistics draw(LengthDistribution lengths, int times) {
        SplittableRandom random = new SplittableRandom(42);
        return IntStream.range(0, times).map(i -> lengths.sample(random)).summaryStatistics();
    }
}

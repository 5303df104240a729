package dev.foretoken.bench.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PoissonScheduleTest {
    @Test
    void theSameSeedGivesTheSameSchedule() {
        assertThat(arrivals(7, 100)).isEqualTo(arrivals(7, 100)).isNotEqualTo(arrivals(8, 100));
    }

    @Test
    void arrivalsNeverGoBackAndKeepTheRate() {
        long[] arrivals = arrivals(7, 20_000);
        assertThat(arrivals).isSorted();
        assertThat(arrivals[19_999] / 1e9).isCloseTo(20_000 / 5.0, within(100.0));
    }

    /** An exponential has its deviation equal to its mean; a regular schedule would have none. */
    @Test
    void gapsAreAsIrregularAsAnExponential() {
        long[] arrivals = arrivals(7, 20_000);
        double mean = arrivals[19_999] / 20_000.0;
        double variance = 0;
        for (int i = 1; i < arrivals.length; i++) {
            double difference = arrivals[i] - arrivals[i - 1] - mean;
            variance += difference * difference / arrivals.length;
        }
        assertThat(Math.sqrt(variance) / mean).isCloseTo(1, within(0.03));
    }

    private static long[] arrivals(long seed, int count) {
        PoissonSchedule schedule = new PoissonSchedule(5, new SplittableRandom(seed));
        long[] arrivals = new long[count];
        Arrays.setAll(arrivals, i -> schedule.nextNanos());
        return arrivals;
    }
}

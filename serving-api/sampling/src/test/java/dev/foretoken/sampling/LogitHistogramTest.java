package dev.foretoken.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LogitHistogramTest {

    @Test
    void findsCountsAndMassesLikeSorting() {
        Random random = new Random(5);
        for (int round = 0; round < 40; round++) {
            int vocabulary = 1 + random.nextInt(2000);
            float inverse = (float) Math.exp(random.nextGaussian());
            float[] logits = new float[vocabulary];
            for (int i = 0; i < vocabulary; i++) {
                logits[i] = random.nextInt(20) == 0
                        ? Float.NEGATIVE_INFINITY
                        : Math.round(random.nextGaussian() * 64) / 16f;
            }
            logits[random.nextInt(vocabulary)] = 15;
            requireLikeSorting(logits, inverse, random);
        }
    }

    private static void requireLikeSorting(float[] logits, float inverse, Random random) {
        float[] sorted = logits.clone();
        Arrays.sort(sorted);
        float max = sorted[sorted.length - 1];
        double[] masses = new double[sorted.length];
        double total = 0;
        for (int i = 0; i < sorted.length; i++) {
            total += Math.exp((sorted[sorted.length - 1 - i] - max) * (double) inverse);
            masses[i] = total;
        }
        LogitHistogram histogram = new LogitHistogram(logits.length);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment row = arena.allocate(logits.length * 4L, 4);
            MemorySegment.copy(logits, 0, row, ValueLayout.JAVA_FLOAT, 0, logits.length);
            histogram.read(row, max, inverse);
            assertThat(histogram.totalMass()).isCloseTo(total, within(1e-9 * total));
            for (int i = 0; i < 20; i++) {
                int count = 1 + random.nextInt(logits.length);
                float expected = sorted[sorted.length - count];
                assertThat(histogram.atCount(count)).isEqualTo(expected);
                // just under the mass of `count` tokens needs all of them, unless the last ones weigh nothing
                double below = count == 1 ? 0.5 : (masses[count - 1] + masses[count - 2]) / 2;
                if (count == 1 || masses[count - 1] > masses[count - 2] * (1 + 1e-12)) {
                    assertThat(histogram.atMass(below)).isEqualTo(expected);
                }
                assertThat(histogram.massFrom(max)).isGreaterThanOrEqualTo(1);
            }
        }
    }
}

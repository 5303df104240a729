package dev.foretoken.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class PhiloxTest {

    /** The known answers of Random123 (kat_vectors, philox4x32 with 10 rounds). */
    @Test
    void givesThePublishedNumbers() {
        assertThat(Philox.first(0, 0, 0)).isEqualTo(0xe169c58d_6627e8d5L);
        assertThat(Philox.first(-1, -1, -1)).isEqualTo(0x41c83b0e_408f276dL);
        assertThat(Philox.first(0x299f31d0_a4093822L, 0x85a308d3_243f6a88L, 0x03707344_13198a2eL))
                .isEqualTo(0x94fdcceb_d16cfe09L);
    }

    @Test
    void drawsUniformlyOverPositionsChoicesAndSeeds() {
        int[] buckets = new int[16];
        for (int i = 0; i < 48_000; i++) {
            float uniform = Philox.uniform(i % 3, i / 3 % 4, i / 12);
            assertThat(uniform).isBetween(0f, Math.nextDown(1f));
            buckets[(int) (uniform * 16)]++;
        }
        double chiSquare = 0;
        for (int count : buckets) {
            chiSquare += (count - 3000.0) * (count - 3000.0) / 3000;
        }
        // 15 degrees of freedom: 37.7 is exceeded once in a thousand
        assertThat(chiSquare).isLessThan(37.7);
    }

    @Test
    void keepsSeedChoiceAndPositionApart() {
        Set<Float> seen = new HashSet<>();
        for (int i = 1; i < 20; i++) {
            seen.add(Philox.uniform(i, 0, 0));
            seen.add(Philox.uniform((long) i << 32, 0, 0));
            seen.add(Philox.uniform(0, i, 0));
            seen.add(Philox.uniform(0, 0, i));
        }
        assertThat(seen).hasSize(76);
    }
}

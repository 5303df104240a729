package dev.foretoken.routing.prefix;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GallopTest {

    @Test
    void countsWhateverThereIs() {
        for (int most = 0; most <= 70; most++) {
            for (int count = 0; count <= most; count++) {
                int has = count;
                assertThat(Gallop.count(most, i -> i < has)).isEqualTo(count);
            }
        }
    }

    @Test
    void asksNeverBeyondTheEndAndSeldom() {
        AtomicInteger asked = new AtomicInteger();
        int count = Gallop.count(1000, i -> {
            assertThat(i).isBetween(0, 999);
            asked.incrementAndGet();
            return i < 100;
        });
        assertThat(count).isEqualTo(100);
        assertThat(asked.get()).isLessThan(16);
    }
}

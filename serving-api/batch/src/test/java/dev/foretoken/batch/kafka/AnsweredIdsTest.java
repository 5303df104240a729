package dev.foretoken.batch.kafka;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnsweredIdsTest {

    private final AnsweredIds ids = new AnsweredIds(1000);

    @Test
    void anIdIsNewOnce() {
        assertThat(add(1)).isTrue();
        assertThat(add(1)).isFalse();
        assertThat(add(2)).isTrue();
        assertThat(ids.size()).isEqualTo(2);
    }

    /** Also across the change of tables, and while the table grows. */
    @Test
    void theNewestAreKnownAndNoMoreThanTwiceAsMany() {
        for (int id = 0; id < 10_500; id++) {
            assertThat(add(id)).isTrue();
            assertThat(ids.size()).isLessThanOrEqualTo(2000);
        }
        assertThat(IntStream.range(9500, 10_500)).noneMatch(this::add);
        assertThat(add(0)).isTrue();
    }

    @Test
    void theHashOfZerosIsAHashAsAllOthers() {
        HashTable table = new HashTable();
        IdHash zeros = new IdHash(0, 0);
        assertThat(table.contains(zeros)).isFalse();
        assertThat(table.add(zeros)).isTrue();
        assertThat(table.contains(zeros)).isTrue();
        assertThat(table.add(zeros)).isFalse();
    }

    private boolean add(int id) {
        return ids.add(("request-" + id).getBytes(US_ASCII));
    }
}

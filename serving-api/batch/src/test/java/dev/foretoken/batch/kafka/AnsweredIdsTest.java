package dev.foretoken.batch.kafka;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.kafka.AnsweredIds.Known;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnsweredIdsTest {

    private static final RequestDigest ASKED = new RequestDigest(-3, 1);

    private final Hasher hasher = new Hasher();
    private final AnsweredIds ids = new AnsweredIds(1000);

    @Test
    void anIdIsNewOnce() {
        assertThat(add(1)).isTrue();
        assertThat(add(1)).isFalse();
        assertThat(add(2)).isTrue();
        assertThat(ids.size()).isEqualTo(2);
    }

    @Test
    void anotherRequestWithAnIdIsNoRepetition() {
        add(1);
        assertThat(ids.known(id(1), new RequestDigest(4, 1))).isEqualTo(Known.TAKEN);
        assertThat(ids.known(id(1), ASKED)).isEqualTo(Known.REPEATED);
        IntStream.range(100, 1200).forEach(this::add);
        assertThat(ids.known(id(1), new RequestDigest(4, 1)))
                .as("in the older table")
                .isEqualTo(Known.TAKEN);
    }

    @Test
    void whatAnOlderWorkerRememberedIsARepetitionWhateverItAsks() {
        ids.remember(id(1), RequestDigest.read(new byte[0]));
        assertThat(ids.known(id(1), ASKED)).isEqualTo(Known.REPEATED);
    }

    @Test
    void anIdIsThatOfTheLastRequestWhichHadIt() {
        ids.remember(id(1), new RequestDigest(4, 1));
        IntStream.range(100, 1200).forEach(this::add);
        ids.remember(id(1), ASKED);
        assertThat(ids.known(id(1), ASKED)).isEqualTo(Known.REPEATED);
    }

    @Test
    void whatIsRememberedIsReadAsItWasWritten() {
        assertThat(RequestDigest.read(ASKED.written())).isEqualTo(ASKED);
        byte[] newer = ASKED.written();
        newer[0] = 2;
        assertThat(RequestDigest.read(newer)).isEqualTo(RequestDigest.UNKNOWN);
        assertThat(RequestDigest.read(null)).isEqualTo(RequestDigest.UNKNOWN);
    }

    /** Also across the change of tables, and while the table grows. */
    @Test
    void theNewestAreKnownAndNoMoreThanTwiceAsMany() {
        for (int id = 0; id < 10_500; id++) {
            assertThat(add(id)).isTrue();
            assertThat(ids.size()).isLessThanOrEqualTo(2000);
            assertThat(ids.bytes()).isLessThanOrEqualTo(64 * 1000 + 100);
        }
        assertThat(IntStream.range(9500, 10_500)).noneMatch(this::add);
        assertThat(add(0)).isTrue();
    }

    @Test
    void takesLessOnceItIsToHoldFewer() {
        IntStream.range(0, 1900).forEach(this::add);
        ids.resize(100);
        assertThat(ids.bytes()).isLessThanOrEqualTo(32 * 1000 + 2000);
        assertThat(IntStream.range(1800, 1900)).noneMatch(this::add);
        IntStream.range(2000, 2200).forEach(this::add);
        assertThat(ids.bytes()).isLessThanOrEqualTo(64 * 100 + 100);
        assertThat(IntStream.range(2100, 2200)).noneMatch(this::add);
    }

    @Test
    void holdsMoreOnceItMay() {
        ids.resize(3000);
        IntStream.range(0, 3000).forEach(this::add);
        assertThat(IntStream.range(0, 3000)).noneMatch(this::add);
    }

    @Test
    void theHashOfZerosIsAHashAsAllOthers() {
        HashTable table = new HashTable(10);
        IdHash zeros = new IdHash(0, 0);
        assertThat(table.mark(zeros)).isEqualTo(HashTable.ABSENT);
        table.put(zeros, 7);
        assertThat(table.mark(zeros)).isEqualTo(7);
        table.put(zeros, 8);
        assertThat(table.mark(zeros)).isEqualTo(8);
        assertThat(table.size()).isEqualTo(1);
    }

    private boolean add(int id) {
        boolean isNew = ids.known(id(id), ASKED) == Known.NEW;
        if (isNew) {
            ids.remember(id(id), ASKED);
        }
        return isNew;
    }

    private IdHash id(int id) {
        return hasher.id(("request-" + id).getBytes(US_ASCII));
    }
}

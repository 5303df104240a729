package dev.foretoken.batch.offset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompletedOffsetsTest {

    private static final int MAX_BYTES = 4096;
    private static final long LOG_END = 1_000_000;

    private static CompletedOffsets taken(long first, int records) {
        CompletedOffsets offsets = new CompletedOffsets(first);
        for (long offset = first; offset < first + records; offset++) {
            assertThat(offsets.take(offset)).isTrue();
        }
        return offsets;
    }

    private static CompletedOffsets restored(CompletedOffsets offsets) {
        RestoredOffsets restored = CompletedOffsets.decode(offsets.committed(), offsets.metadata(), LOG_END, MAX_BYTES);
        assertThat(restored.problem()).isEmpty();
        return restored.offsets();
    }

    /** Those below {@code end} that a reader would answer, without touching what is asked. */
    private static List<Long> incomplete(CompletedOffsets offsets, long end) {
        CompletedOffsets copy = restored(offsets);
        List<Long> incomplete = new ArrayList<>();
        for (long offset = copy.committed(); offset < end; offset++) {
            if (copy.take(offset)) {
                incomplete.add(offset);
            }
        }
        return incomplete;
    }

    @Test
    void theLowestOffsetThatIsNotCompleteIsCommitted() {
        CompletedOffsets offsets = taken(100, 5);
        offsets.complete(102);
        assertThat(offsets.committed()).isEqualTo(100);
        offsets.complete(100);
        assertThat(offsets.committed()).isEqualTo(101);
        offsets.complete(101);
        assertThat(offsets.committed()).isEqualTo(103);
        assertThat(offsets.open()).isEqualTo(2);
    }

    @Test
    void nothingBeyondTheCommittedOffsetNeedsNoMetadata() {
        CompletedOffsets offsets = taken(0, 3);
        assertThat(offsets.metadata()).isEmpty();
        offsets.complete(0);
        assertThat(offsets.metadata()).isEmpty();
        offsets.complete(2);
        assertThat(offsets.metadata()).isNotEmpty();
    }

    @Test
    void offsetsWithoutARecordAreComplete() {
        CompletedOffsets offsets = new CompletedOffsets(7);
        assertThat(offsets.take(10)).isTrue();
        assertThat(offsets.committed()).isEqualTo(10);
        assertThat(offsets.take(15)).isTrue();
        offsets.complete(10);
        assertThat(offsets.committed()).isEqualTo(15);
        offsets.complete(15);
        offsets.pass(17);
        offsets.pass(12);
        assertThat(offsets.committed()).isEqualTo(17);
    }

    @Test
    void aRestartAnswersOnlyWhatIsLeft() {
        CompletedOffsets offsets = taken(40, 10);
        List.of(42L, 43L, 47L, 49L).forEach(offsets::complete);
        CompletedOffsets after = restored(offsets);
        assertThat(after.committed()).isEqualTo(40);
        assertThat(incomplete(after, 52)).containsExactly(40L, 41L, 44L, 45L, 46L, 48L, 50L, 51L);
    }

    /** What was complete before the restart and is not read again yet must not be forgotten by the first commit after it. */
    @Test
    void whatIsCompleteBehindTheReaderStaysSo() {
        CompletedOffsets offsets = taken(0, 10);
        offsets.complete(8);
        CompletedOffsets after = restored(offsets);
        after.take(0);
        after.take(1);
        after.complete(1);
        assertThat(incomplete(after, 10)).containsExactly(0L, 2L, 3L, 4L, 5L, 6L, 7L, 9L);
        after.complete(0);
        assertThat(after.committed()).isEqualTo(2);
        assertThat(incomplete(after, 10)).containsExactly(2L, 3L, 4L, 5L, 6L, 7L, 9L);
    }

    @Test
    void theCommittedOffsetNeverFallsBackToTheReader() {
        CompletedOffsets offsets = taken(0, 5);
        List.of(1L, 2L, 3L, 4L).forEach(offsets::complete);
        CompletedOffsets after = restored(offsets);
        after.take(0);
        after.complete(0);
        assertThat(after.committed()).isEqualTo(5);
        assertThat(after.take(2)).isFalse();
        after.pass(4);
        assertThat(after.committed()).isEqualTo(5);
        assertThat(after.take(5)).isTrue();
        assertThat(after.committed()).isEqualTo(5);
    }

    @Test
    void whatIsNotUnderWayCannotBeCompletedNorTakenAgain() {
        CompletedOffsets offsets = taken(3, 2);
        offsets.complete(4);
        assertThatThrownBy(() -> offsets.complete(4)).hasMessageContaining("4 is not under way");
        assertThatThrownBy(() -> offsets.complete(5)).hasMessageContaining("5 is not under way");
        assertThatThrownBy(() -> offsets.complete(2)).hasMessageContaining("2 is not under way");
        assertThatThrownBy(() -> offsets.take(4)).hasMessageContaining("the next is 5");
        assertThat(offsets.open()).isOne();
    }

    /** Against a plain set: records with gaps between them, taken and completed in any order, with restarts at any moment. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void anyOrderOfCompletionAndAnyRestartLeaveWhatIsNotAnswered(int seed) {
        Random random = new Random(seed);
        TreeSet<Long> left = new TreeSet<>();
        for (long offset = 50; left.size() < 80; offset += 1 + (random.nextInt(4) == 0 ? random.nextInt(60) : 0)) {
            left.add(offset);
        }
        long end = left.last() + 1;
        CompletedOffsets offsets = new CompletedOffsets(50);
        long position = 50;
        List<Long> open = new ArrayList<>();
        Set<Long> done = new HashSet<>();
        while (!left.isEmpty()) {
            Long next = left.ceiling(position);
            if (next != null && random.nextInt(3) > 0) {
                assertThat(offsets.take(next)).isTrue();
                open.add(next);
                position = next + 1;
            } else if (!open.isEmpty()) {
                Long one = open.remove(random.nextInt(open.size()));
                offsets.complete(one);
                left.remove(one);
                done.add(one);
            }
            if (random.nextInt(10) == 0) {
                offsets = restored(offsets);
                position = offsets.committed();
                open.clear();
            }
            Long lowest = left.ceiling(0L);
            assertThat(offsets.committed()).isLessThanOrEqualTo(lowest == null ? end : lowest);
            assertThat(incomplete(offsets, end)).containsAll(left).noneMatch(done::contains);
        }
        offsets.pass(end);
        assertThat(offsets.committed()).isEqualTo(end);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6})
    void metadataStaysWithinItsBoundAndSomethingAlwaysGoesOn(int seed) {
        Random random = new Random(seed);
        int maxBytes = 20 + random.nextInt(60);
        CompletedOffsets offsets = new CompletedOffsets(0);
        List<Long> open = new ArrayList<>();
        long next = 0;
        int refused = 0;
        for (int step = 0; step < 4000; step++) {
            boolean fits = offsets.fits(maxBytes, next);
            refused += fits ? 0 : 1;
            assertThat(fits || !open.isEmpty()).isTrue();
            if (fits && random.nextInt(5) > 1) {
                if (offsets.take(next)) {
                    open.add(next);
                }
                next += 1 + (random.nextInt(6) == 0 ? random.nextInt(2000) : 0);
            } else if (!open.isEmpty()) {
                offsets.complete(open.remove(random.nextInt(open.size())));
            }
            assertThat(offsets.metadata().length()).isLessThanOrEqualTo(maxBytes);
            if (random.nextInt(400) == 0) {
                RestoredOffsets restored =
                        CompletedOffsets.decode(offsets.committed(), offsets.metadata(), Long.MAX_VALUE, maxBytes);
                assertThat(restored.problem()).isEmpty();
                offsets = restored.offsets();
                next = offsets.committed();
                open.clear();
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void aFewLongAnswersHoldUpNothingBehindThem() {
        CompletedOffsets offsets = taken(0, 64);
        for (long offset = 64; offset < 200_000; offset++) {
            assertThat(offsets.fits(MAX_BYTES, offset)).isTrue();
            offsets.take(offset);
            offsets.complete(offset);
        }
        assertThat(offsets.committed()).isZero();
        assertThat(offsets.metadata().length()).isLessThan(32);
    }

    @Test
    void aReaderStopsBeforeTheMetadataCouldGrowTooLong() {
        CompletedOffsets offsets = new CompletedOffsets(0);
        long next = 0;
        while (offsets.fits(MAX_BYTES, next)) {
            offsets.take(next++);
        }
        assertThat(next).isGreaterThan(20_000);
        for (long offset = 1; offset < next; offset += 2) {
            offsets.complete(offset);
        }
        assertThat(offsets.metadata().length()).isBetween(MAX_BYTES - 8, MAX_BYTES);
    }

    /** Restored at the bound: the first record goes on nevertheless, a second one could make the metadata longer. */
    @Test
    void whatWasRestoredTakesItsRoom() {
        CompletedOffsets before = new CompletedOffsets(0);
        for (long offset = 0; offset < 10_001; offset++) {
            before.take(offset);
        }
        for (long offset = 1000; offset < 10_001; offset += 1000) {
            before.complete(offset);
        }
        int length = before.metadata().length();
        CompletedOffsets after =
                CompletedOffsets.decode(0, before.metadata(), LOG_END, length).offsets();
        assertThat(after.fits(length, 0)).isTrue();
        after.take(0);
        assertThat(after.fits(length, 1)).isFalse();
        assertThat(after.fits(length + 40, 1)).isTrue();
        after.take(1);
        after.complete(1);
        assertThat(after.metadata().length()).isGreaterThan(length);
    }
}

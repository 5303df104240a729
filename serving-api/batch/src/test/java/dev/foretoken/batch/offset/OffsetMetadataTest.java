package dev.foretoken.batch.offset;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetMetadataTest {

    private static final int MAX_BYTES = 4096;
    private static final List<OffsetRun> SPARSE = List.of(new OffsetRun(1003, 1004), new OffsetRun(1500, 90_000));

    private static RestoredOffsets decode(long committed, String metadata) {
        return CompletedOffsets.decode(committed, metadata, Long.MAX_VALUE, MAX_BYTES);
    }

    private static void refused(long committed, String metadata, String reason) {
        refused(decode(committed, metadata), committed, reason);
    }

    private static void refused(RestoredOffsets restored, long committed, String reason) {
        assertThat(restored.problem().orElseThrow()).contains(reason).contains("may be answered again");
        assertThat(restored.offsets().committed()).isEqualTo(committed);
        assertThat(restored.offsets().metadata()).isEmpty();
    }

    private static List<OffsetRun> random(Random random, long committed) {
        List<OffsetRun> runs = new ArrayList<>();
        long at = committed;
        int count = 1 + random.nextInt(40);
        int widest = 1 << random.nextInt(1, 20);
        for (int i = 0; i < count; i++) {
            long first = at + 1 + random.nextInt(widest);
            at = first + 1 + random.nextInt(widest);
            runs.add(new OffsetRun(first, at));
        }
        return runs;
    }

    /** What older versions committed must be read for ever. */
    @Test
    void bothFormsOfVersionOneAreReadAsTheyWereWritten() {
        String sparse = OffsetMetadata.encode(1000, SPARSE);
        assertThat(sparse).isEqualTo("1r7XEZGgMB8AO0swU");
        List<OffsetRun> dense = new ArrayList<>();
        for (long offset = 11; offset < 60; offset += 3) {
            dense.add(new OffsetRun(offset, offset + 1));
        }
        assertThat(OffsetMetadata.encode(10, dense)).isEqualTo("1bLPtBnpIkSZIkSQI");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void everySetIsReadAsItWasWritten(int seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            long committed = random.nextLong(1L << 60);
            List<OffsetRun> runs = random(random, committed);
            String metadata = OffsetMetadata.encode(committed, runs);
            RestoredOffsets restored = CompletedOffsets.decode(committed, metadata, Long.MAX_VALUE, 1 << 20);
            assertThat(restored.problem()).isEmpty();
            assertThat(restored.offsets().metadata()).isEqualTo(metadata);
            runs.forEach(run -> assertThat(restored.offsets().take(run.end())).isTrue());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void noSetIsLongerThanTheWorstOfItsSize(int seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 500; i++) {
            List<OffsetRun> runs = random(random, 77);
            long span = runs.getLast().end() - 77;
            assertThat(OffsetMetadata.encode(77, runs).length())
                    .isLessThanOrEqualTo((int) OffsetMetadata.worstLength(runs.size(), span));
        }
    }

    /** Lengths that need one byte more by one offset. */
    @Test
    void theWorstIsReached() {
        List<OffsetRun> runs = new ArrayList<>();
        for (long at = 0; runs.size() < 10; at += 256) {
            runs.add(new OffsetRun(at + 128, at + 256));
        }
        assertThat(OffsetMetadata.encode(0, runs).length()).isEqualTo((int) OffsetMetadata.worstLength(10, 2560));
    }

    @Test
    void unknownVersionsAndFormsAreNotUsed() {
        String known = OffsetMetadata.encode(1000, SPARSE);
        refused(1000, "2" + known.substring(1), "not of version 1");
        refused(1000, "1", "not of version 1");
        refused(1000, "somebody's note", "not of version 1");
        refused(1000, "1x" + known.substring(2), "form is unknown");
    }

    @Test
    void metadataOfAnotherOffsetIsNotUsed() {
        refused(1001, OffsetMetadata.encode(1000, SPARSE), "another offset than 1001");
    }

    @Test
    void offsetsBeyondTheLogAreNotUsed() {
        String metadata = OffsetMetadata.encode(1000, SPARSE);
        refused(CompletedOffsets.decode(1000, metadata, 89_999, MAX_BYTES), 1000, "offsets from 89999 on");
        assertThat(CompletedOffsets.decode(1000, metadata, 90_000, MAX_BYTES).problem())
                .isEmpty();
    }

    @Test
    void metadataThatCouldNotBeCommittedAgainIsNotUsed() {
        String metadata = OffsetMetadata.encode(1000, SPARSE);
        refused(
                CompletedOffsets.decode(1000, metadata, 90_000, metadata.length() - 1),
                1000,
                "more than " + (metadata.length() - 1));
    }

    @Test
    void everyDamageIsNoticed() {
        String metadata = OffsetMetadata.encode(1000, SPARSE);
        for (int at = 0; at < metadata.length(); at++) {
            String changed =
                    metadata.substring(0, at) + (metadata.charAt(at) == 'A' ? 'B' : 'A') + metadata.substring(at + 1);
            assertThat(decode(1000, changed).problem()).as(changed).isPresent();
            if (at > 0) {
                assertThat(decode(1000, metadata.substring(0, at)).problem()).isPresent();
            }
        }
        assertThat(decode(1000, metadata + "A").problem()).isPresent();
        refused(1000, "1r****", "not Base64");
        refused(1000, "1rAAAA", "ends too soon");
    }

    /** With a checksum that fits, as only somebody who means it would write. */
    @Test
    void whatCannotBeASetIsRefusedThoughItsChecksumFits() {
        refused(5, OffsetMetadata.text(5, 'r', new byte[] {0, 1}), "out of bounds");
        refused(5, OffsetMetadata.text(5, 'r', new byte[] {1}), "ends within a length");
        refused(5, OffsetMetadata.text(5, 'r', new byte[] {1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1}), "ends within");
        refused(5, OffsetMetadata.text(5, 'r', new byte[] {1, -1, -1, -1, -1, -1, -1, -1, -1, 127}), "out of bounds");
        refused(5, OffsetMetadata.text(5, 'b', new byte[] {1}), "the committed offset itself");
        refused(5, OffsetMetadata.text(5, 'b', new byte[] {0}), "holds no offset");
        refused(Long.MAX_VALUE - 3, OffsetMetadata.text(Long.MAX_VALUE - 3, 'b', new byte[] {0, 1}), "more than");
    }
}

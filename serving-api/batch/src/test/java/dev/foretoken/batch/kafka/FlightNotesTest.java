package dev.foretoken.batch.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlightNotesTest {

    private static final BatchConfig CONFIG = new BatchConfig(
            "127.0.0.1:1", Map.of(), BatchTopics.DEFAULTS, "group", "../instance", 1, WorkerLimits.DEFAULTS);
    private static final int SLOTS = 4096;

    @TempDir
    private Path folder;

    private FlightNotes notes = FlightNotes.NONE;
    private int lives;

    @BeforeEach
    void open() {
        notes = FlightNotes.open(folder.resolve("0"), CONFIG);
    }

    private void die() throws IOException {
        notes = NotesOfTheDead.next(folder.resolve("" + lives), folder.resolve("" + ++lives), CONFIG);
    }

    @Test
    void whatRanWhenAProcessDiedHasOneDeathMore() throws IOException {
        notes.begin(2, 5);
        notes.end(notes.begin(2, 6), 2, 6);
        die();
        assertThat(notes.deaths(2, 5)).isEqualTo(1);
        assertThat(notes.deaths(2, 6)).isZero();
        assertThat(notes.deaths(5, 2)).isZero();
        die();
        assertThat(notes.deaths(2, 5)).as("it did not run").isEqualTo(1);
        notes.begin(2, 5);
        die();
        assertThat(notes.deaths(2, 5)).isEqualTo(2);
    }

    @Test
    void aTryThatEndsSaysNothingOfTheDeathsBeforeAnOutcomeDoes() throws IOException {
        notes.begin(0, 0);
        die();
        notes.end(notes.begin(0, 0), 0, 0);
        die();
        assertThat(notes.deaths(0, 0)).isEqualTo(1);
        notes.forget(0, 0);
        assertThat(notes.deaths(0, 0)).isZero();
        die();
        assertThat(notes.deaths(0, 0)).isZero();
    }

    @Test
    void whatRunsWhenTheProcessEndsAsItShouldIsNotToBlame() throws IOException {
        notes.begin(0, 0);
        die();
        notes.begin(0, 0);
        notes.begin(0, 1);
        notes.close();
        die();
        assertThat(notes.deaths(0, 0)).isEqualTo(1);
        assertThat(notes.deaths(0, 1)).isZero();
    }

    /** Who ends it may lose patience, and kill it. */
    @Test
    void whatRunsWhileAProcessIsStoppedIsNotToBlameThoughItIsKilled() throws IOException {
        notes.begin(0, 0);
        int slot = notes.begin(0, 1);
        notes.stop();
        notes.end(slot, 0, 1);
        assertThat(notes.begin(0, 2)).isNegative();
        die();
        assertThat(notes.deaths(0, 0)).isZero();
        assertThat(notes.deaths(0, 1)).isZero();
        assertThat(notes.deaths(0, 2)).isZero();
    }

    @Test
    void asManyAsItHasRoomForAreNotedAndThoseThatDoNotRunMakeRoom() throws IOException {
        for (int offset = 0; offset < SLOTS; offset++) {
            assertThat(notes.begin(0, offset)).isPositive();
        }
        assertThat(notes.begin(0, SLOTS)).isNegative();
        notes.end(-1, 0, SLOTS);
        die();
        for (int offset = 0; offset < SLOTS; offset++) {
            assertThat(notes.deaths(0, offset)).isEqualTo(1);
        }
        int slot = notes.begin(0, 1_000_000);
        assertThat(slot).isPositive();
        assertThat(notes.deaths(0, 1_000_000)).isZero();
        notes.end(slot, 0, 1_000_000);
    }

    /** Its partition went and came back meanwhile. */
    @Test
    void aRequestThatRunsTwiceLeavesItsSlotOnce() throws IOException {
        notes.begin(0, 0);
        die();
        int first = notes.begin(0, 0);
        int second = notes.begin(0, 0);
        notes.end(second, 0, 0);
        notes.forget(0, 0);
        notes.end(first, 0, 0);
        assertThat(allSlots()).doesNotHaveDuplicates();
    }

    @Test
    void aRequestThatRanTwiceWhenAProcessDiedHasOneSlot() throws IOException {
        notes.begin(0, 0);
        notes.begin(0, 0);
        die();
        assertThat(notes.deaths(0, 0)).isEqualTo(1);
        notes.forget(0, 0);
        assertThat(allSlots()).doesNotHaveDuplicates();
    }

    /** And at last that there is no other. */
    private List<Integer> allSlots() {
        return IntStream.rangeClosed(0, SLOTS).mapToObj(i -> notes.begin(1, i)).toList();
    }

    @Test
    void whatASlotHadWhenItBecameFreeIsNobodyElses() throws IOException {
        byte[] slots = Files.readAllBytes(file());
        for (int slot = 1; slot <= SLOTS; slot++) {
            slots[slot * 16 + 15] = 6; // three deaths of nobody
        }
        Files.write(file(), slots);
        die();
        notes.begin(0, 0);
        die();
        assertThat(notes.deaths(0, 0)).isEqualTo(1);
    }

    private Path file() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("0"))) {
            return files.findFirst().orElseThrow();
        }
    }

    @Test
    void aDamagedFileIsReadAsFarAsItCanBe() throws IOException {
        byte[] bytes = new byte[100_000];
        Arrays.fill(bytes, (byte) 0x7f);
        Files.write(file(), bytes);
        die();
        assertThat(notes.begin(0, 0)).isPositive();
    }

    @Test
    void damagedSlotsAreFree() throws IOException {
        byte[] bytes = Files.readAllBytes(file());
        Arrays.fill(bytes, 16, bytes.length, (byte) 0x7f);
        Files.write(file(), bytes);
        die();
        assertThat(notes.deaths(0x7f7f7f7f, 0x7f7f7f7f7f7f7f7eL)).isZero();
        assertThat(allSlots()).hasSize(SLOTS + 1).doesNotHaveDuplicates();
    }

    /** Whose brokers, or names, are others', though they look alike. */
    @Test
    void eachWorkerHasItsOwnFile() throws IOException {
        assertThat(file().getFileName().toString())
                .matches("foretoken-requests-group-\\.\\._instance-[0-9a-f]{8}\\.flights");
        notes.begin(0, 0);
        notes.close();
        for (BatchConfig other :
                List.of(named("127.0.0.1:2", "group", "../instance"), named("127.0.0.1:1", "group-..", "instance"))) {
            FlightNotes others = FlightNotes.open(folder.resolve("0"), other);
            assertThat(others).isNotSameAs(FlightNotes.NONE);
            others.close();
        }
        try (Stream<Path> files = Files.list(folder.resolve("0"))) {
            assertThat(files).hasSize(3);
        }
    }

    private static BatchConfig named(String brokers, String group, String instance) {
        return new BatchConfig(brokers, Map.of(), BatchTopics.DEFAULTS, group, instance, 1, WorkerLimits.DEFAULTS);
    }

    @Test
    void aFileThatIsAnothersIsLeftAlone() {
        FlightNotes second = FlightNotes.open(folder.resolve("0"), CONFIG);
        assertThat(second).isSameAs(FlightNotes.NONE);
        assertThat(second.begin(0, 0)).isNegative();
        second.end(-1, 0, 0);
        second.forget(0, 0);
        second.close();
    }
}

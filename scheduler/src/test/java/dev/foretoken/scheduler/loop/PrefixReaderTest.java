package dev.foretoken.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.prefix.PrefixChange;
import dev.foretoken.contract.prefix.PrefixFeed;
import dev.foretoken.contract.prefix.PrefixKey;
import dev.foretoken.contract.prefix.PrefixParts;
import dev.foretoken.contract.prefix.PrefixShape;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.loop.PrefixJournal.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class PrefixReaderTest {

    private static final PrefixShape SHAPE = new PrefixShape(4, 1, true, 0, false, 100, 100);
    private static final PrefixChange CLEARED = new PrefixChange.Cleared();

    private final PrefixJournal journal = followed();
    private final List<CompletableFuture<Snapshot>> asked = new ArrayList<>();
    private final PrefixReader reader = new PrefixReader(SHAPE, journal, this::ask, () -> false);

    private static PrefixJournal followed() {
        PrefixJournal journal = new PrefixJournal(4);
        journal.follow();
        return journal;
    }

    private CompletableFuture<Snapshot> ask() {
        CompletableFuture<Snapshot> answer = new CompletableFuture<>();
        asked.add(answer);
        return answer;
    }

    private void answer(PrefixChange.Stored... held) {
        asked.getLast().complete(new Snapshot(List.of(held), journal.next()));
    }

    private static PrefixChange.Stored block(int number) {
        return new PrefixChange.Stored(
                new PrefixKey(number, 1), new PrefixKey(number - 1, 1), number, PrefixParts.BLOCKS);
    }

    private void store(int number) {
        PrefixChange.Stored block = block(number);
        journal.stored(block.key(), block.parent(), block.index(), block.parts());
    }

    private void begin() {
        assertThat(reader.next(9)).isEmpty();
        answer();
        assertThat(reader.next(9)).containsExactly(CLEARED);
    }

    @Test
    void firstComesEverythingHeldBeginningsFirstThenWhatChanges() {
        assertThat(reader.next(9)).isEmpty();
        answer(block(2), block(0), block(1));
        store(3);
        assertThat(reader.next(3)).containsExactly(CLEARED, block(0), block(1));
        journal.removed(new PrefixKey(0, 1), PrefixParts.BLOCKS);
        assertThat(reader.next(9))
                .containsExactly(block(2), block(3), new PrefixChange.Removed(new PrefixKey(0, 1), PrefixParts.BLOCKS));
        assertThat(reader.next(9)).isEmpty();
        assertThat(asked).hasSize(1);
    }

    @Test
    void aReaderThatIsOneRoundBehindStartsAgain() {
        begin();
        for (int i = 0; i < 4; i++) {
            store(i);
        }
        assertThat(reader.next(1)).containsExactly(block(0));
        store(4);
        store(5);
        assertThat(reader.next(9)).isEmpty();
        assertThat(asked).hasSize(2);
        answer(block(5));
        assertThat(reader.next(9)).containsExactly(CLEARED, block(5));
        store(6);
        assertThat(reader.next(9)).containsExactly(block(6));
    }

    @Test
    void aReaderThatIsNotQuiteARoundBehindMissesNothing() {
        begin();
        for (int i = 0; i < 4; i++) {
            store(i);
        }
        assertThat(reader.next(9)).containsExactly(block(0), block(1), block(2), block(3));
        assertThat(asked).hasSize(1);
    }

    @Test
    void aLoopThatIsTooBusyIsAskedAgain() {
        assertThat(reader.next(9)).isEmpty();
        assertThat(reader.next(9)).isEmpty();
        assertThat(asked).hasSize(1);
        asked.getLast().completeExceptionally(new IllegalStateException("too busy"));
        assertThat(reader.next(9)).isEmpty();
        assertThat(reader.next(9)).isEmpty();
        assertThat(asked).hasSize(2);
        answer(block(0));
        assertThat(reader.next(9)).containsExactly(CLEARED, block(0));
    }

    @Test
    void nothingIsWrittenBeforeSomebodyFollows() {
        PrefixJournal quiet = new PrefixJournal(4);
        quiet.stored(block(0).key(), block(0).parent(), 0, PrefixParts.BLOCKS);
        quiet.removed(block(0).key(), PrefixParts.BLOCKS);
        assertThat(quiet.next()).isZero();
    }

    /** The loop is idle in between: being asked wakes it. */
    @Test
    void aLoopTellsWhatItHoldsAndWhatItComputesNext() throws Exception {
        try (LoopFixture fixture = new LoopFixture(FakeModel.ofContext(50, 200), SchedulerConfig.DEFAULT)) {
            compute(fixture, 1);
            PrefixFeed feed = fixture.loop.followPrefixes().orElseThrow();
            int blocks = 32 / feed.shape().blockTokens();
            List<PrefixChange> changes = changes(feed, 1 + blocks);
            assertThat(changes.getFirst()).isEqualTo(CLEARED);
            assertThat(changes.subList(1, changes.size())).allMatch(change -> change instanceof PrefixChange.Stored);
            compute(fixture, 2);
            assertThat(changes(feed, blocks)).allMatch(change -> change instanceof PrefixChange.Stored);
            assertThat(feed.ended()).isFalse();
            fixture.loop.stop();
            assertThat(fixture.loop.awaitEnd(LoopFixture.PATIENCE)).isTrue();
            assertThat(feed.ended()).isTrue();
            assertThat(feed.next(9)).isEmpty();
        }
    }

    private static void compute(LoopFixture fixture, int token) throws InterruptedException {
        int[] prompt = new int[33];
        java.util.Arrays.fill(prompt, token);
        var generation = fixture.loop.submit(GenerationRequest.greedy("r", "demo", Prompt.of(prompt), 1));
        while (!generation.isDone()) {
            assertThat(generation.next(LoopFixture.PATIENCE)).isPresent();
        }
    }

    private static List<PrefixChange> changes(PrefixFeed feed, int count) throws InterruptedException {
        List<PrefixChange> changes = new ArrayList<>();
        while (changes.size() < count) {
            changes.addAll(feed.next(count - changes.size()));
            Thread.sleep(1);
        }
        return changes;
    }
}

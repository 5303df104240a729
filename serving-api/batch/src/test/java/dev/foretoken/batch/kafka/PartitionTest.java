package dev.foretoken.batch.kafka;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.kafka.AnsweredIds.Known;
import dev.foretoken.batch.offset.CompletedOffsets;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PartitionTest {

    private static final RequestDigest DIGEST = new RequestDigest(3, 1);
    private static final RequestDigest OTHER = new RequestDigest(4, 1);

    private final Hasher hasher = new Hasher();
    private final Partition partition = new Partition(
            new TopicPartition("requests", 0), new Loaded(new CompletedOffsets(0), 0, new AnsweredIds(10)));
    private long next;

    /** One that waits for its model for days, say. */
    @Test
    void anIdThatIsUnderWayIsKnownHoweverManyAreAnsweredMeanwhile() {
        assertThat(ask("slow", DIGEST)).isEqualTo(Known.NEW);
        answer(30);
        assertThat(ask("slow", DIGEST)).isEqualTo(Known.REPEATED);
        assertThat(ask("slow", OTHER)).isEqualTo(Known.TAKEN);
    }

    @Test
    void anIdIsAsNewAsItsAnswer() {
        ask("slow", DIGEST);
        answer(30);
        partition.complete(0);
        answer(9);
        assertThat(ask("slow", DIGEST)).isEqualTo(Known.REPEATED);
        assertThat(ask("slow", OTHER)).isEqualTo(Known.TAKEN);
        answer(30);
        assertThat(ask("slow", DIGEST)).as("no more than the newest").isEqualTo(Known.NEW);
    }

    private void answer(int requests) {
        for (int i = 0; i < requests; i++) {
            assertThat(ask("request-" + next, DIGEST)).isEqualTo(Known.NEW);
            partition.complete(next - 1);
        }
    }

    private Known ask(String id, RequestDigest digest) {
        partition.offsets().take(next);
        return partition.ask(hasher.id(id.getBytes(US_ASCII)), digest, next++);
    }
}

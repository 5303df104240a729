package dev.foretoken.batch.kafka;

import static dev.foretoken.batch.kafka.BatchWorkerTest.assertAnsweredOnce;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Workers come and go while requests run, closed in order, thrown out because they stand still, and replaced by others of their name; with the profile
 * {@code soak} killed and frozen too, for sixty rounds, in another order every time ({@code -Dforetoken.seed} takes that of a run that failed). Nothing
 * is lost or answered twice.
 */
class RebalanceStormTest {

    private static final int PARTITIONS = 6;
    private static final boolean SOAK = Boolean.getBoolean("foretoken.soak");
    private static final int ROUNDS = SOAK ? 60 : 5;
    private static final int REQUESTS = 2000;

    private static final long SEED = Long.getLong("foretoken.seed", SOAK ? System.nanoTime() : 1);

    @Test
    void everyIdIsAnsweredExactlyOnce() throws Exception {
        TestTopic topic = TestTopic.create(PARTITIONS);
        Storm storm = new Storm(topic, PARTITIONS, new Random(SEED), SOAK);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                storm.turn(REQUESTS / ROUNDS);
            }
            assertAnsweredOnce(topic.answers(storm.ids().size()), storm.ids());
        } catch (AssertionError | Exception e) {
            throw new AssertionError("with -Dforetoken.seed=" + SEED + ": " + e.getMessage(), e);
        } finally {
            storm.end();
        }
        assertAnsweredOnce(topic.answers(storm.ids().size()), storm.ids());
        assertThat(topic.byKey(topic.topics().answered(), found -> true).keySet())
                .containsExactlyInAnyOrderElementsOf(storm.ids());
    }
}

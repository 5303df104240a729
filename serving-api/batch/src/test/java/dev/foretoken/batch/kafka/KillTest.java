package dev.foretoken.batch.kafka;

import static dev.foretoken.batch.kafka.BatchWorkerTest.assertAnsweredOnce;
import static dev.foretoken.batch.kafka.BatchWorkerTest.ids;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Processes end at any moment, without a word; every id is answered exactly once nevertheless. A worker and the broker in each of two rounds, in one
 * so soon after each other that the worker comes back without a broker; with the profile {@code soak} in each of twenty, at other moments every time
 * ({@code -Dforetoken.seed} takes those of a run that failed).
 */
class KillTest {

    private static final int REQUESTS = 2000;
    private static final int PARTITIONS = 3;
    private static final boolean SOAK = Boolean.getBoolean("foretoken.soak");
    private static final int ROUNDS = SOAK ? 20 : 2;
    private static final int MOST_MILLIS = 400;

    private static final long SEED = Long.getLong("foretoken.seed", SOAK ? System.nanoTime() : 1);

    private final Random random = new Random(SEED);

    @Test
    void everyIdIsAnsweredExactlyOnce() throws Exception {
        TestTopic topic = TestTopic.create(PARTITIONS);
        List<String> ids = ids(REQUESTS);
        int share = REQUESTS / ROUNDS;
        WorkerProcess worker = WorkerProcess.start(topic, "a", PARTITIONS);
        try {
            for (int round = 0; round < ROUNDS; round++) {
                topic.request(ids.subList(round * share, (round + 1) * share));
                int seen = topic.answers(round * share + 1 + random.nextInt(share / 2))
                        .size();
                pause();
                if (round % 2 == 0) {
                    worker.kill();
                    worker = WorkerProcess.start(topic, "a", PARTITIONS);
                    pause();
                    restartBroker(topic);
                } else {
                    restartBroker(topic);
                    topic.answers(Math.min(seen + 1, (round + 1) * share));
                    worker.kill();
                    worker = WorkerProcess.start(topic, "a", PARTITIONS);
                }
            }
            assertAnsweredOnce(topic.answers(REQUESTS), ids);
        } catch (AssertionError | Exception e) {
            throw new AssertionError("with -Dforetoken.seed=" + SEED + ": " + e.getMessage() + worker.words(), e);
        } finally {
            worker.kill();
        }
        Map<String, List<String>> answered = topic.byKey(topic.topics().answered(), found -> true);
        assertThat(answered.keySet()).containsExactlyInAnyOrderElementsOf(ids);
    }

    /** What is under way when the next one ends is chance. */
    private void pause() throws InterruptedException {
        Thread.sleep(random.nextInt(MOST_MILLIS));
    }

    /** Until it takes requests again: a worker meets it before. */
    private static void restartBroker(TestTopic topic) throws Exception {
        KafkaBroker.shared().kill();
        KafkaBroker.shared().start();
        try (Admin admin = KafkaBroker.shared().admin()) {
            TestTopic.awaitLeaders(admin, topic.topics().requests(), PARTITIONS);
        }
    }

    /** It takes as long as a session and a transaction of the frozen one last. */
    @Test
    @EnabledIfSystemProperty(named = "foretoken.soak", matches = "true")
    void whoWakesAfterItsPlaceWasGivenAwayAnswersNothingTwice() throws Exception {
        TestTopic topic = TestTopic.create(PARTITIONS);
        List<String> ids = ids(600);
        topic.request(ids);
        try (WorkerProcess zombie = WorkerProcess.start(topic, "a", PARTITIONS)) {
            topic.answers(1);
            zombie.freeze();
            try (WorkerProcess heir = WorkerProcess.start(topic, "b", PARTITIONS)) {
                assertAnsweredOnce(topic.answers(ids.size()), ids);
                zombie.thaw();
                topic.request(List.of("last"));
                assertThat(topic.answers(ids.size() + 1)).containsKey("last");
                heir.kill();
            }
            topic.request(List.of("very last"));
            Map<String, List<String>> answers = topic.answers(ids.size() + 2);
            assertThat(answers.values()).allMatch(lines -> lines.size() == 1);
        }
    }
}

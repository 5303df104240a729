package dev.foretoken.batch.job.topic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.client.Connection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Jobs that take answers slowly, or none for a while, are told all of them nevertheless, and each once. */
class SlowReaderTest {

    private static final int REQUESTS = 300;

    @Test
    void answersWaitInTheirTopicForJobsThatStandStill() throws Exception {
        List<String> ids = IntStream.range(0, REQUESTS)
                .mapToObj(number -> "slow_" + number)
                .toList();
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        CountDownLatch goOn = new CountDownLatch(1);
        try (TopicSite site = new TopicSite();
                TopicTransport transport = TopicTransport.start(new Connection(site.brokers, Map.of()), site.topics)) {
            TopicSite.until("the topic of answers is there", () -> transport.room() >= REQUESTS);
            for (String id : ids) {
                transport.send(request(id), answer -> {
                    awaitQuietly(goOn);
                    told.add(id + " " + answer.isPresent());
                });
            }
            site.gate.release(REQUESTS);
            TopicSite.until("all are answered", () -> site.run.size() == REQUESTS && site.answered() >= REQUESTS);
            assertThat(told).isEmpty();
            assertThat(transport.room())
                    .as("those whose answers nobody took count")
                    .isLessThanOrEqualTo(4096 - REQUESTS + 1);
            goOn.countDown();
            TopicSite.until("all are told", () -> told.size() >= REQUESTS);
        }
        assertThat(told)
                .containsExactlyInAnyOrderElementsOf(
                        ids.stream().map(id -> id + " true").toList());
    }

    private static BatchRequest request(String id) {
        return new BatchRequest(id, BatchEndpoint.COMPLETIONS, "{\"model\":\"m\",\"prompt\":\"p\"}".getBytes(UTF_8));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

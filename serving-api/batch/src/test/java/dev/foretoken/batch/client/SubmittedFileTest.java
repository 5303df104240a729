package dev.foretoken.batch.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.kafka.BatchConfig;
import dev.foretoken.batch.kafka.BatchMetrics;
import dev.foretoken.batch.kafka.BatchTopics;
import dev.foretoken.batch.kafka.BatchWorker;
import dev.foretoken.batch.kafka.EchoExecutor;
import dev.foretoken.batch.kafka.KafkaBroker;
import dev.foretoken.batch.kafka.WorkerLimits;
import dev.foretoken.batch.kafka.WorkerParts;
import dev.foretoken.batch.record.ReplyTopics;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A file on its way to a worker and back, over a real broker. */
@Timeout(300)
class SubmittedFileTest {

    private static final BatchTopics TOPICS = BatchTopics.named("submitted-requests", "submitted-answers");
    private static final String GROUP = "submitted";
    private static final int REQUESTS = 100;

    @TempDir
    private Path folder;

    private final KafkaBroker broker = KafkaBroker.shared();

    private BatchWorker worker() throws Exception {
        try (Admin admin = broker.admin()) {
            admin.createTopics(List.of(
                            new NewTopic(TOPICS.requests(), 2, (short) 1),
                            new NewTopic(TOPICS.answers(), 2, (short) 1),
                            new NewTopic(TOPICS.deadLetters(), 1, (short) 1)))
                    .all()
                    .get();
        }
        BatchConfig config = new BatchConfig(broker.address(), Map.of(), TOPICS, GROUP, "a", 2, WorkerLimits.DEFAULTS);
        return new BatchWorker(
                config,
                WorkerParts.of(new EchoExecutor(), ReplyTopics.NONE, BatchMetrics.NONE, InstantSource.system()));
    }

    private RequestFile file(String prompt) throws Exception {
        return new RequestFile(Files.write(
                folder.resolve("requests.jsonl"),
                IntStream.range(0, REQUESTS)
                        .mapToObj(i -> "{\"custom_id\":\"" + i
                                + "\",\"url\":\"/v1/completions\",\"body\":{\"model\":\"m\",\"prompt\":\"" + prompt
                                + "\"}}")
                        .toList()));
    }

    private static List<String> answers(TopicSession session, RequestFile file, Instant since) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        FileIds ids = file.check(Optional.empty());
        Answers answers = session.follow(ids, since, out);
        session.send(file, ids, RequestMarks.NONE, sent -> {});
        while (!answers.complete()) {
            session.poll(answers, Duration.ofMillis(100));
        }
        assertThat(answers.failed()).isZero();
        return out.toString(UTF_8).lines().sorted().toList();
    }

    @Test
    void isAnsweredOnceHoweverOftenItIsSent() throws Exception {
        Instant since = Instant.now().minusSeconds(60);
        RequestFile file = file("one");
        try (BatchWorker worker = worker();
                TopicSession session = TopicSession.open(new Connection(broker.address(), Map.of()), TOPICS)) {
            worker.start();
            List<String> first = answers(session, file, since);
            assertThat(first)
                    .hasSize(REQUESTS)
                    .allMatch(line -> line.contains("\"status_code\":200"))
                    .anyMatch(line -> line.contains("\"custom_id\":\"17\""));
            assertThat(answers(session, file, since)).isEqualTo(first);
            RequestFile other = file("other");
            List<String> others = answers(session, other, since);
            assertThat(others).hasSize(REQUESTS).doesNotContainAnyElementsOf(first);
            TopicStatus status = TopicStatus.read(session, GROUP);
            while (status.open()
                    > 0) { // the worker commits those that were answered before, though nothing is to be answered
                status = TopicStatus.read(session, GROUP);
            }
            assertThat(status.workers()).isEqualTo(1);
            assertThat(status.partitions())
                    .extracting(TopicStatus.PartitionStatus::kept)
                    .satisfies(kept -> assertThat(
                                    kept.stream().mapToLong(Long::longValue).sum())
                            .isEqualTo(3L * REQUESTS));
        }
    }
}

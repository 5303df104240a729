package dev.foretoken.batch.kafka;

import static dev.foretoken.batch.kafka.BatchWorkerTest.ids;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchCancel;
import dev.foretoken.batch.BatchRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A request that kills its process, which is started again each time. It takes as long as some sessions of the dead last. */
@EnabledIfSystemProperty(named = "foretoken.soak", matches = "true")
class DeadlyRequestTest {

    private static final String DEADLY = "deadly";
    private static final int DEATHS = 4;

    /** That run beside it while it may run with others. */
    private static final int OTHERS = 3;

    @TempDir
    private Path folder;

    @Test
    void isAnsweredWithAnErrorInTheEndAndAllOthersAreAnswered() throws Exception {
        TestTopic topic = TestTopic.create(1);
        List<String> asked = new ArrayList<>(ids(20));
        asked.add(10, DEADLY);
        topic.request(asked);
        for (int death = 0; death < DEATHS; death++) {
            assertThat(start(topic).waitFor()).isEqualTo(Deadly.STATUS);
        }
        Process last = start(topic);
        try {
            Map<String, List<String>> answers = topic.answers(asked.size());
            assertThat(answers.values()).allMatch(lines -> lines.size() == 1);
            assertThat(answers.get(DEADLY).getFirst()).contains("\"status_code\":500", "the server died 4 times");
            for (String innocent : ids(20)) {
                assertThat(answers.get(innocent)).containsExactly(TestTopic.answerLine(innocent));
            }
            assertThat(last.isAlive()).isTrue();
        } finally {
            last.destroyForcibly().waitFor();
        }
    }

    private Process start(TestTopic topic) throws Exception {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Deadly.class.getName(),
                        topic.brokers(),
                        topic.name(),
                        folder.toString()))
                .inheritIO()
                .start();
    }

    /** A worker in a process of its own. */
    static final class Deadly extends EchoExecutor {

        static final int STATUS = 77;

        private final CountDownLatch others = new CountDownLatch(OTHERS);

        /** Others run when it kills, if there are any. */
        @Override
        public BatchAnswer run(BatchRequest request, BatchCancel cancel) throws InterruptedException {
            if (request.id().equals(DEADLY)) {
                others.await(10, TimeUnit.SECONDS);
                Runtime.getRuntime().halt(STATUS);
            }
            others.countDown();
            Thread.sleep(1000);
            return super.run(request, cancel);
        }

        /** @param arguments addresses of the brokers, name of the topic, folder of the notes; runs until it dies */
        public static void main(String... arguments) throws Exception {
            TestTopic topic = TestTopic.of(arguments[0], arguments[1], 1);
            BatchConfig config = topic.config("a");
            BatchConfig noting = new BatchConfig(
                    config.brokers(),
                    config.client(),
                    config.topics(),
                    config.group(),
                    config.instance(),
                    config.partitions(),
                    config.limits(),
                    Optional.of(Path.of(arguments[2])));
            try (BatchWorker worker = new BatchWorker(noting, TestTopic.parts(new Deadly(), BatchMetrics.NONE))) {
                worker.start();
                Thread.currentThread().join();
            }
        }
    }
}

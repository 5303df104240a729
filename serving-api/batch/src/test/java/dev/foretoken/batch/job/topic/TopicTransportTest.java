package dev.foretoken.batch.job.topic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.client.Connection;
import dev.foretoken.batch.job.JobLimits;
import dev.foretoken.batch.job.JobMetrics;
import dev.foretoken.batch.job.JobRunner;
import dev.foretoken.batch.store.BatchStore;
import dev.foretoken.batch.store.Job;
import dev.foretoken.batch.store.JobState;
import dev.foretoken.database.DatabaseKind;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Jobs whose requests go through a real broker, and whose processes end at any moment. */
class TopicTransportTest {

    private static final int REQUESTS = 60;

    @TempDir
    Path folder;

    private static String[] lines(int count) {
        return IntStream.range(0, count).mapToObj(TopicSite::line).toArray(String[]::new);
    }

    private String sqlite() {
        return "jdbc:sqlite:" + folder.resolve("batch.db");
    }

    private BatchStore open() {
        return BatchStore.open(folder, sqlite(), JobProcess::newId);
    }

    private static void assertComplete(BatchStore store, Job job, int requests) {
        Job done = TopicSite.found(store, job);
        assertThat(done.status().counts()).isEqualTo(new Job.Counts(requests, requests, 0));
        assertThat(done.status().errorFile()).isEmpty();
        List<String> answers = TopicSite.content(store, done.status().outputFile());
        assertThat(answers).hasSize(requests);
        for (int i = 0; i < requests; i++) {
            assertThat(answers.get(i))
                    .contains(
                            "\"custom_id\":\"c" + i + "\"",
                            "\"body\":{\"to\":{\"model\":\"m\",\"prompt\":\"p" + i + "\"}}");
        }
    }

    /** What was answered while nobody ran the job is found by whoever runs it next, and nothing is asked twice. */
    @Test
    void aKilledProcessLosesNoAnswer() throws Exception {
        Job job;
        try (BatchStore store = open()) {
            job = TopicSite.submit(store, lines(REQUESTS));
        }
        try (TopicSite site = new TopicSite()) {
            site.gate.release(REQUESTS / 3);
            JobProcess first = JobProcess.start(site.brokers, site.topics, folder, sqlite());
            try {
                TopicSite.until("a third is answered", () -> site.run.size() >= REQUESTS / 3);
            } finally {
                first.close();
            }
            site.gate.release(REQUESTS);
            TopicSite.until("all is answered", () -> site.run.size() >= REQUESTS);
            try (BatchStore store = open();
                    TopicTransport transport =
                            TopicTransport.start(new Connection(site.brokers, Map.of()), site.topics);
                    JobRunner runner = JobRunner.start(
                            store,
                            JobLimits.DEFAULT,
                            transport,
                            InstantSource.system(),
                            System::nanoTime,
                            JobMetrics.NONE,
                            "next")) {
                runner.wake();
                TopicSite.until(
                        "the job is over",
                        () -> TopicSite.found(store, job).state().isOver());
                assertComplete(store, job, REQUESTS);
            }
            assertThat(site.run).hasSize(REQUESTS);
            assertThat(new HashSet<>(site.run)).hasSize(REQUESTS);
        }
    }

    /** The window ended while nobody had the job, and what workers answered in time counts. */
    @Test
    void aJobThatIsOverWhenItIsTakenHasItsAnswers() throws Exception {
        try (TopicSite site = new TopicSite();
                BatchStore store = open()) {
            Job job = TopicSite.submit(store, lines(1));
            try (TopicTransport transport = TopicTransport.start(new Connection(site.brokers, Map.of()), site.topics);
                    JobRunner runner = start(store, transport, InstantSource.system(), "one")) {
                runner.wake();
                TopicSite.until("its request runs", site.gate::hasQueuedThreads);
            }
            site.gate.release(1);
            TopicSite.until("its answer is committed", () -> site.answered() > 0);
            InstantSource late = InstantSource.offset(InstantSource.system(), Duration.ofHours(25));
            try (TopicTransport transport = TopicTransport.start(new Connection(site.brokers, Map.of()), site.topics);
                    JobRunner runner = start(store, transport, late, "two")) {
                runner.wake();
                TopicSite.until(
                        "the job is over",
                        () -> TopicSite.found(store, job).state().isOver());
            }
            assertComplete(store, job, 1);
        }
    }

    private static JobRunner start(BatchStore store, TopicTransport transport, InstantSource wall, String owner) {
        return JobRunner.start(store, JobLimits.DEFAULT, transport, wall, System::nanoTime, JobMetrics.NONE, owner);
    }

    @Test
    void aCancelledJobEndsWithoutItsAnswers() throws Exception {
        try (TopicSite site = new TopicSite();
                BatchStore store = open();
                TopicTransport transport = TopicTransport.start(new Connection(site.brokers, Map.of()), site.topics);
                JobRunner runner = JobRunner.start(
                        store,
                        JobLimits.DEFAULT,
                        transport,
                        InstantSource.system(),
                        System::nanoTime,
                        JobMetrics.NONE,
                        "one")) {
            site.gate.release(1);
            Job job = TopicSite.submit(store, lines(3));
            runner.wake();
            TopicSite.until(
                    "one is answered",
                    () -> TopicSite.found(store, job).status().counts().completed() == 1);
            TopicSite.jobs(store).cancel("team", job.id());
            runner.wake();
            TopicSite.until(
                    "it is over", () -> TopicSite.found(store, job).state().isOver());
            Job done = TopicSite.found(store, job);
            assertThat(done.state()).isEqualTo(JobState.CANCELLED);
            assertThat(TopicSite.content(store, done.status().outputFile())).hasSize(1);
            assertThat(TopicSite.content(store, done.status().errorFile()))
                    .hasSize(2)
                    .allMatch(line -> line.contains("batch_cancelled"));
        }
    }

    /** Two gateways share a database; one of them is killed over and over. */
    @Test
    @EnabledIfSystemProperty(named = "foretoken.soak", matches = "true")
    void gatewaysTakeJobsOverFromEachOther() throws Exception {
        int requests = 2000;
        String database = DatabaseKind.POSTGRESQL.url(folder);
        Random random = new Random(Long.getLong("foretoken.seed", 1));
        try (BatchStore store = BatchStore.open(folder, database, JobProcess::newId);
                TopicSite site = new TopicSite()) {
            List<Job> jobs = IntStream.range(0, 3)
                    .mapToObj(index -> TopicSite.submit(store, lines(requests)))
                    .toList();
            JobProcess[] gateways = {
                JobProcess.start(site.brokers, site.topics, folder, database),
                JobProcess.start(site.brokers, site.topics, folder, database)
            };
            try {
                for (int round = 0; round < 20; round++) {
                    int before = site.run.size();
                    site.gate.release(3 * requests / 20);
                    TopicSite.until(
                            "some are answered", () -> site.run.size() > before || site.run.size() >= 3 * requests);
                    Thread.sleep(random.nextInt(2000));
                    int which = random.nextInt(gateways.length);
                    gateways[which].close();
                    gateways[which] = JobProcess.start(site.brokers, site.topics, folder, database);
                }
                site.gate.release(3 * requests);
                for (Job job : jobs) {
                    TopicSite.until(
                            "the job is over",
                            () -> TopicSite.found(store, job).state().isOver());
                    assertComplete(store, job, requests);
                }
            } finally {
                for (JobProcess gateway : gateways) {
                    gateway.close();
                }
            }
            assertThat(new HashSet<>(site.run)).hasSameSizeAs(site.run).hasSize(3 * requests);
        }
    }
}

package dev.foretoken.batch.job;

import static dev.foretoken.batch.job.JobSite.failed;
import static dev.foretoken.batch.job.JobSite.good;
import static dev.foretoken.batch.job.JobSite.lines;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.store.Job;
import dev.foretoken.batch.store.JobState;
import dev.foretoken.contract.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks, databases and engines that fail for a while, and jobs that outlast it. */
class JobTroubleTest {

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(40);

    @TempDir
    Path folder;

    private JobSite site;

    @BeforeEach
    void open() {
        site = new JobSite(folder, JobLimits.DEFAULT);
    }

    @AfterEach
    void close() {
        site.close();
    }

    private void sql(String statement) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("batch.db"));
                Statement rows = connection.createStatement()) {
            rows.execute(statement);
        }
    }

    private Path input(Job job) {
        return folder.resolve("files").resolve(job.order().inputFile());
    }

    private void completes(Job job, int requests) {
        site.pass(LONGEST_PAUSE);
        site.settle(JobSite::good);
        assertThat(site.found(job).state()).isEqualTo(JobState.COMPLETED);
        assertThat(site.content(site.found(job).status().outputFile())).hasSize(requests);
    }

    @Test
    void aFileThatCannotBeReadForAWhileIsCheckedLater() throws IOException {
        Job job = site.submit("t", "24h", lines(2));
        Path aside = Files.move(input(job), folder.resolve("aside"));
        Files.createDirectory(input(job));
        site.settle(JobSite::good);
        assertThat(site.found(job).state()).isEqualTo(JobState.VALIDATING);
        Files.delete(input(job));
        Files.move(aside, input(job));
        completes(job, 2);
    }

    @Test
    void aFileThatCannotBeReadWhileTheJobRunsIsReadLater() throws IOException {
        site.transport.bound = 300;
        Job job = site.submit("t", "24h", lines(600));
        site.loop.turn();
        Path aside = Files.move(input(job), folder.resolve("aside"));
        Files.createDirectory(input(job));
        for (int i = 0; i < 3; i++) {
            site.loop.turn();
            site.pass(LONGEST_PAUSE);
        }
        assertThat(site.found(job).state()).isEqualTo(JobState.IN_PROGRESS);
        Files.delete(input(job));
        Files.move(aside, input(job));
        site.loop.turn();
        while (!site.transport.flights.isEmpty()) {
            site.transport.answer(0, good(site.transport.flights.getFirst().request()));
        }
        completes(job, 600);
    }

    @Test
    void aDatabaseThatRefusesForAWhileIsAskedAgain() throws SQLException {
        Job job = site.submit("t", "24h", lines(2));
        site.loop.turn();
        site.loop.turn();
        sql("ALTER TABLE batch_jobs RENAME COLUMN output_file TO elsewhere");
        site.transport.answer(0, good(site.transport.flights.getFirst().request()));
        site.transport.answer(0, good(site.transport.flights.getFirst().request()));
        for (int i = 0; i < 5; i++) {
            site.loop.turn();
        }
        sql("ALTER TABLE batch_jobs RENAME COLUMN elsewhere TO output_file");
        completes(job, 2);
    }

    @Test
    void filesThatTheDatabaseWasNotToldOfAreNotWrittenAnew() throws SQLException {
        Job job = site.submit("t", "1h", lines(2));
        sendAll();
        site.transport.answer(0, good(site.transport.flights.getFirst().request()));
        site.loop.turn();
        site.pass(Duration.ofHours(2));
        sql("ALTER TABLE batch_jobs RENAME COLUMN output_file TO elsewhere");
        for (int i = 0; i < 9; i++) {
            sendAll();
            site.pass(LONGEST_PAUSE);
        }
        assertThat(folder.resolve("files").toFile().list()).hasSize(3);
        sql("ALTER TABLE batch_jobs RENAME COLUMN elsewhere TO output_file");
        site.settle(JobSite::good);
        assertThat(site.found(job).state()).isEqualTo(JobState.EXPIRED);
        assertThat(site.content(site.found(job).status().outputFile())).hasSize(1);
        assertThat(site.content(site.found(job).status().errorFile())).hasSize(1);
        assertThat(folder.resolve("files").toFile().list()).hasSize(3);
    }

    @Test
    void whatOthersLeaveBesideJournalsIsNoDamage() throws IOException {
        Job job = site.submit("t", "24h", lines(2));
        sendAll();
        site.transport.answer(0, good(site.transport.flights.getFirst().request()));
        site.loop.turn();
        site.restart();
        Files.createFile(folder.resolve("journals").resolve(job.id()).resolve(".nfs00000001"));
        completes(job, 2);
    }

    @Test
    void aJobThatFailsIsNotTriedWithoutRest() throws IOException, SQLException {
        Job job = site.submit("t", "24h", lines(1));
        Files.delete(input(job));
        sql("ALTER TABLE batch_jobs RENAME COLUMN output_file TO elsewhere");
        site.settle(JobSite::good);
        sql("ALTER TABLE batch_jobs RENAME COLUMN elsewhere TO output_file");
        site.pass(LONGEST_PAUSE);
        site.settle(JobSite::good);
        assertThat(site.found(job).state()).isEqualTo(JobState.FAILED);
    }

    @Test
    void whatTheDiskLostBeforeTheFilesWereWrittenIsAnsweredAgain() throws IOException {
        Job job = site.submit("t", "24h", lines(3));
        sendAll();
        for (int steps = 1; site.found(job).state() != JobState.FINALIZING; steps++) {
            site.restart();
            sendAll();
            site.killAfter(steps);
            try {
                answerAll();
                site.loop.turn();
            } catch (JobSite.Killed e) {
                site.restart();
            }
        }
        try (Stream<Path> journals = Files.list(folder.resolve("journals").resolve(job.id()))) {
            for (Path journal : journals.toList()) {
                try (FileChannel file = FileChannel.open(journal, StandardOpenOption.WRITE)) {
                    file.truncate(file.size() / 2);
                }
            }
        }
        site.restart();
        site.settle(JobSite::good);
        assertThat(site.found(job).status().counts()).isEqualTo(new Job.Counts(3, 3, 0));
        assertThat(site.found(job).state()).isEqualTo(JobState.COMPLETED);
        assertThat(site.content(site.found(job).status().outputFile())).hasSize(3);
    }

    private void sendAll() {
        site.loop.turn();
        site.loop.turn();
    }

    private void answerAll() {
        while (!site.transport.flights.isEmpty()) {
            site.transport.answer(0, good(site.transport.flights.getFirst().request()));
        }
    }

    @Test
    void aJobThatWaitsForItsTurnIsCancelledAtOnce() {
        List<Job> jobs = Stream.generate(() -> site.submit("t", "24h", lines(1)))
                .limit(5)
                .toList();
        sendAll();
        site.jobs.cancel("t", jobs.getLast().id());
        sendAll();
        assertThat(site.found(jobs.getLast()).state()).isEqualTo(JobState.CANCELLED);
        assertThat(site.found(jobs.getFirst()).state()).isEqualTo(JobState.IN_PROGRESS);
    }

    @Test
    void aJobThatWaitsForItsTurnExpiresInTime() {
        Stream.generate(() -> site.submit("t", "24h", lines(1))).limit(4).toList();
        Job late = site.submit("t", "1h", lines(1));
        sendAll();
        assertThat(site.found(late).state()).isEqualTo(JobState.VALIDATING);
        site.pass(Duration.ofHours(1));
        sendAll();
        sendAll();
        assertThat(site.found(late).state()).isEqualTo(JobState.EXPIRED);
        assertThat(site.content(site.found(late).status().errorFile())).hasSize(1);
    }

    @Test
    void manyRefusalsAtOnceAreOne() {
        site.transport.bound = 20;
        site.submit("t", "24h", lines(20));
        sendAll();
        while (!site.transport.flights.isEmpty()) {
            site.transport.answer(0, failed(429, ErrorCode.QUEUE_FULL));
        }
        site.loop.turn();
        site.pass(Duration.ofMillis(500));
        site.loop.turn();
        assertThat(site.transport.flights).hasSize(20);
    }

    @Test
    void anAnswerEndsThePause() {
        site.transport.bound = 2;
        site.submit("t", "24h", lines(3));
        sendAll();
        site.transport.answer(0, failed(429, ErrorCode.QUEUE_FULL));
        site.loop.turn();
        assertThat(site.transport.flights).hasSize(1);
        site.transport.answer(0, good(site.transport.flights.getFirst().request()));
        site.loop.turn();
        assertThat(site.transport.flights).hasSize(2);
    }
}

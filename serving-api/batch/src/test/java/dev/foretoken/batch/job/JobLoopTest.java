package dev.foretoken.batch.job;

import static dev.foretoken.batch.job.JobSite.failed;
import static dev.foretoken.batch.job.JobSite.good;
import static dev.foretoken.batch.job.JobSite.line;
import static dev.foretoken.batch.job.JobSite.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.store.Job;
import dev.foretoken.batch.store.JobState;
import dev.foretoken.batch.store.StoredFile;
import dev.foretoken.contract.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobLoopTest {

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

    @Test
    void everyRequestIsAnsweredInOneOfTwoFiles() {
        Job job = site.submit("t", "24h", line("a"), "", line("b"), line("c \\\" \\u0041"));
        assertThat(job.state()).isEqualTo(JobState.VALIDATING);
        site.pass(Duration.ofSeconds(2));
        site.settle(request -> request.id().endsWith("_1") ? failed(400, ErrorCode.INVALID_REQUEST) : good(request));
        Job done = site.found(job);
        assertThat(done.status().counts()).isEqualTo(new Job.Counts(3, 2, 1));
        assertThat(done.status().model()).contains("m");
        String name = job.id().replace("batch_", "batch_req_");
        assertThat(site.content(done.status().outputFile()))
                .containsExactly(
                        "{\"id\":\"" + name
                                + "_0\",\"custom_id\":\"a\",\"response\":{\"status_code\":200,\"request_id\":\"r-a\","
                                + "\"body\":{  \"text\":\"a\"}},\"error\":null}",
                        "{\"id\":\"" + name
                                + "_2\",\"custom_id\":\"c \\\" A\",\"response\":{\"status_code\":200,\"request_id\":\"r-c \\\\\\\" \\\\u0041\","
                                + "\"body\":{  \"text\":\"c \\\" \\u0041\"}},\"error\":null}");
        assertThat(site.content(done.status().errorFile()))
                .containsExactly(
                        "{\"id\":\"" + name
                                + "_1\",\"custom_id\":\"b\",\"response\":{\"status_code\":400,\"request_id\":\"r\",\"body\":{\"error\":1}},\"error\":null}");
        assertThat(done.entered().keySet())
                .containsExactlyInAnyOrder(
                        JobState.VALIDATING, JobState.IN_PROGRESS, JobState.FINALIZING, JobState.COMPLETED);
        assertThat(done.entered().get(JobState.COMPLETED)).isEqualTo(JobSite.BEGIN.plusSeconds(2));
        StoredFile output = site.files.find("t", done.status().outputFile().orElseThrow());
        assertThat(output.purpose()).isEqualTo(StoredFile.OUTPUT);
        assertThat(output.name()).isEqualTo(job.id() + "_output.jsonl");
        assertThat(folder.resolve("journals")).isEmptyDirectory();
    }

    @Test
    void aJobThatIsOverSaysWhatItsAnswersUsed() {
        Job job = site.submit("t", "24h", lines(2));
        assertThat(job.status().usage()).isEmpty();
        site.settle(request -> new BatchAnswer(
                200,
                "r",
                "{\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}".getBytes(StandardCharsets.UTF_8),
                Optional.empty()));
        assertThat(site.found(job).status().usage()).contains(new Job.Usage(6, 0, 4, 0));
    }

    @Test
    void aJobWithoutErrorsHasNoErrorFile() {
        Job job = site.submit("t", "24h", lines(5));
        site.settle(JobSite::good);
        assertThat(site.found(job).status().errorFile()).isEmpty();
        assertThat(site.allFiles("t")).hasSize(2);
    }

    @Test
    void aFileWithFlawsFailsTheJobAndRunsNothing() {
        Job job = site.submit("t", "24h", line("a"), "no", line("a"));
        site.settle(request -> {
            throw new AssertionError("was run");
        });
        Job.Status status = site.found(job).status();
        assertThat(status.state()).isEqualTo(JobState.FAILED);
        assertThat(status.errors())
                .extracting(Job.Flaw::code, Job.Flaw::line)
                .containsExactly(tuple("invalid_json_line", 2), tuple("duplicate_custom_id", 3));
        assertThat(site.found(job).entered()).containsKey(JobState.FAILED);
    }

    @Test
    void requestsCarryTenantPriorityAndDeadline() {
        Job job = site.submit("t", "2h", line("a"));
        site.loop.turn();
        site.loop.turn();
        var request = site.transport.flights.getFirst().request();
        assertThat(request.tenant()).contains("t");
        assertThat(request.deadline()).contains(job.order().expires());
        assertThat(request.id()).isEqualTo(job.id() + "_0");
        assertThat(new String(request.body(), StandardCharsets.UTF_8)).isEqualTo("{\"model\":\"m\",\"prompt\":\"a\"}");
    }

    @Test
    void cancellingKeepsWhatIsAnswered() {
        Job job = site.submit("t", "24h", lines(5));
        site.loop.turn();
        site.loop.turn();
        site.transport.answer(1, good(site.transport.flights.get(1).request()));
        site.loop.turn();
        assertThat(site.jobs.cancel("t", job.id()).state()).isEqualTo(JobState.CANCELLING);
        site.loop.turn();
        site.loop.turn();
        site.loop.turn();
        Job done = site.found(job);
        assertThat(done.state()).isEqualTo(JobState.CANCELLED);
        assertThat(done.status().counts()).isEqualTo(new Job.Counts(5, 1, 0));
        assertThat(site.content(done.status().outputFile()))
                .singleElement()
                .asString()
                .contains("\"custom_id\":\"c1\"");
        assertThat(site.content(done.status().errorFile()))
                .hasSize(4)
                .allSatisfy(
                        line -> assertThat(line).contains("\"response\":null,\"error\":{\"code\":\"batch_cancelled\""));
        assertThat(site.transport.flights).isEmpty();
    }

    @Test
    void aJobIsCancelledBeforeItsFileWasChecked() {
        Job job = site.submit("t", "24h", lines(2));
        site.jobs.cancel("t", job.id());
        site.settle(JobSite::good);
        assertThat(site.found(job).state()).isEqualTo(JobState.CANCELLED);
        assertThat(site.found(job).status().outputFile()).isEmpty();
    }

    @Test
    void whatIsNotAnsweredInTimeExpires() {
        Job job = site.submit("t", "1h", lines(3));
        site.loop.turn();
        site.loop.turn();
        site.transport.answer(0, good(site.transport.flights.getFirst().request()));
        site.loop.turn();
        site.pass(Duration.ofHours(1).minusMillis(1));
        site.loop.turn();
        assertThat(site.found(job).state()).isEqualTo(JobState.IN_PROGRESS);
        site.pass(Duration.ofMillis(1));
        site.loop.turn();
        site.loop.turn();
        Job done = site.found(job);
        assertThat(done.state()).isEqualTo(JobState.EXPIRED);
        assertThat(site.content(done.status().outputFile())).hasSize(1);
        assertThat(site.content(done.status().errorFile()))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains("\"code\":\"batch_expired\""));
    }

    @Test
    void progressIsSeenWhileAJobRuns() {
        Job job = site.submit("t", "24h", lines(3));
        site.loop.turn();
        site.loop.turn();
        site.transport.answer(0, good(site.transport.flights.getFirst().request()));
        site.transport.answer(0, failed(500, ErrorCode.RUNTIME_FAILED));
        site.pass(JobLoop.LOOK);
        site.loop.turn();
        assertThat(site.found(job).status().counts()).isEqualTo(new Job.Counts(3, 1, 1));
    }

    @Test
    void whatLacksRoomIsSentAgainAfterAPause() {
        Job job = site.submit("t", "24h", lines(1));
        for (int refusal = 0; refusal < 9; refusal++) {
            site.settle(request -> failed(429, ErrorCode.QUEUE_FULL));
            site.pass(Duration.ofSeconds(40));
        }
        assertThat(site.found(job).state()).isEqualTo(JobState.IN_PROGRESS);
        site.settle(JobSite::good);
        assertThat(site.found(job).status().counts()).isEqualTo(new Job.Counts(1, 1, 0));
    }

    @Test
    void nothingIsSentWhileTheJobPauses() {
        site.submit("t", "24h", lines(1));
        site.settle(request -> failed(429, ErrorCode.QUEUE_FULL));
        site.transport.engine = null;
        site.pass(Duration.ofMillis(499));
        site.loop.turn();
        assertThat(site.transport.flights).isEmpty();
        site.pass(Duration.ofMillis(1));
        site.loop.turn();
        assertThat(site.transport.flights).hasSize(1);
    }

    @Test
    void whatKillsReplicasIsGivenUp() {
        Job job = site.submit("t", "24h", lines(1));
        int[] runs = new int[1];
        for (int i = 0; i < 9; i++) {
            site.settle(request -> {
                runs[0]++;
                return failed(500, ErrorCode.REPLICA_LOST);
            });
            site.pass(Duration.ofSeconds(40));
        }
        assertThat(runs[0]).isEqualTo(5);
        assertThat(site.found(job).status().counts()).isEqualTo(new Job.Counts(1, 0, 1));
    }

    @Test
    void tenantsShareWhatMayBeInFlight() {
        site.transport.bound = 4;
        site.submit("loud", "24h", lines(9));
        site.submit("loud", "24h", lines(9));
        site.submit("quiet", "24h", lines(9));
        site.loop.turn();
        site.loop.turn();
        assertThat(site.transport.flights)
                .extracting(flight -> flight.request().tenant().orElseThrow())
                .containsExactlyInAnyOrder("loud", "quiet", "loud", "quiet");
    }

    @Test
    void aTenantThatMaySendNoMoreLeavesTheRestToOthers() {
        site.transport.bound = 6;
        site.transport.boundOfTenant = 2;
        site.submit("", "24h", lines(9));
        site.submit("", "24h", lines(9));
        site.loop.turn();
        site.loop.turn();
        assertThat(site.transport.flights).hasSize(2);
        site.submit("late", "24h", lines(9));
        site.pass(Duration.ofSeconds(1));
        site.loop.turn();
        site.loop.turn();
        assertThat(site.transport.flights)
                .extracting(flight -> flight.request().tenant().orElse(""))
                .containsExactly("", "", "late", "late");
    }

    @Test
    void anAnswerThatCannotBeNotedIsAskedForAgain() throws IOException {
        site.isLocal = false;
        Job job = site.submit("t", "24h", lines(1));
        Path inTheWay = Files.createFile(folder.resolve("journals").resolve(job.id()));
        site.settle(JobSite::good);
        assertThat(site.found(job).state()).isEqualTo(JobState.IN_PROGRESS);
        Files.delete(inTheWay);
        site.pass(Duration.ofSeconds(1));
        site.settle(JobSite::good);
        assertThat(site.found(job).status().counts()).isEqualTo(new Job.Counts(1, 1, 0));
    }

    @Test
    void aJobWhoseFileIsGoneFails() throws IOException {
        Job job = site.submit("t", "24h", lines(1));
        Files.delete(folder.resolve("files").resolve(job.order().inputFile()));
        site.settle(JobSite::good);
        assertThat(site.found(job).state()).isEqualTo(JobState.FAILED);
        assertThat(site.found(job).status().errors())
                .singleElement()
                .extracting(Job.Flaw::code)
                .isEqualTo("server_error");
    }

    @Test
    void whoHasLostTheLeaseLeavesTheJobToItsNewOwner() {
        Job job = site.submit("t", "24h", lines(2));
        site.loop.turn();
        site.loop.turn();
        JobSite.FakeTransport.Flight stale = site.transport.flights.getFirst();
        site.pass(JobLoop.LEASE);
        JobSite.FakeTransport other = site.new FakeTransport();
        JobLoop second = site.loop("two", other);
        other.engine = request -> failed(400, ErrorCode.INVALID_REQUEST);
        for (int i = 0; i < 5; i++) {
            second.turn();
        }
        site.transport.flights.remove(stale);
        stale.answered().accept(Optional.of(good(stale.request())));
        site.loop.turn();
        site.pass(Duration.ofSeconds(5));
        site.loop.turn();
        assertThat(site.found(job).status().counts()).isEqualTo(new Job.Counts(2, 0, 2));
        assertThat(site.transport.flights).isEmpty();
        assertThat(site.allFiles("t")).hasSize(2);
    }

    @Test
    void aJobThatEndsKeepsNoOtherFromBeingTaken() {
        site.submit("t", "24h", lines(1));
        site.loop.turn();
        site.loop.turn();
        Job next = site.submit("t", "24h", lines(1));
        site.transport.answer(0, good(site.transport.flights.getFirst().request()));
        site.loop.turn();
        site.loop.turn();
        assertThat(site.transport.flights)
                .extracting(flight -> flight.request().id())
                .containsExactly(next.id() + "_0");
    }

    @Test
    void closingGivesJobsBack() {
        Job job = site.submit("t", "24h", lines(5));
        site.loop.turn();
        site.loop.turn();
        site.loop.close();
        assertThat(site.transport.flights).isEmpty();
        assertThat(site.found(job).lease().owner()).isEmpty();
        JobLoop second = site.loop("two", site.transport);
        second.turn();
        second.turn();
        assertThat(site.found(job).lease().owner()).isEqualTo("two");
        assertThat(site.transport.flights).hasSize(3);
    }

    @Test
    void filesAndJobsAreForgottenWhenTheirTimeIsOver() {
        Job job = site.submit("t", "24h", lines(1));
        site.settle(JobSite::good);
        site.pass(JobLimits.DEFAULT.fileLife());
        site.settle(JobSite::good);
        assertThat(folder.resolve("files")).isEmptyDirectory();
        assertThat(site.found(job).state()).isEqualTo(JobState.COMPLETED);
        site.pass(JobLimits.DEFAULT.jobLife());
        site.settle(JobSite::good);
        assertThat(site.jobs.list("t", Optional.empty(), 9)).isEmpty();
    }

    @Test
    void outputsLiveAsLongAsTheJobSaid() {
        StoredFile input = site.upload("t", lines(1));
        Job job = site.jobs.create(
                "t",
                new BatchJobs.Asked(input.id(), "/v1/completions", "24h", Map.of(), Optional.of(Duration.ofHours(3))));
        site.settle(JobSite::good);
        String output = site.found(job).status().outputFile().orElseThrow();
        assertThat(site.files.find("t", output).expires()).contains(JobSite.BEGIN.plus(Duration.ofHours(3)));
    }
}

package dev.foretoken.batch.job;

import static dev.foretoken.batch.job.JobSite.failed;
import static dev.foretoken.batch.job.JobSite.good;
import static dev.foretoken.batch.job.JobSite.lines;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.store.Job;
import dev.foretoken.batch.store.JobState;
import dev.foretoken.contract.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that outlive the process which sent them: who has the job next finds their answers. */
class FoundAnswersTest {

    @TempDir
    Path folder;

    private JobSite site;
    private Job job;

    @BeforeEach
    void begin() {
        site = new JobSite(folder, JobLimits.DEFAULT);
        site.isLocal = false;
        job = site.submit("t", "24h", lines(3));
        site.loop.turn();
        site.loop.turn();
    }

    @AfterEach
    void close() {
        site.close();
    }

    private void restartWithoutRoom() {
        site.restart();
        site.transport.bound = 0;
        site.loop.turn();
        site.loop.turn();
    }

    private void found(String id, BatchAnswer answer) {
        site.transport.watched.get(job.id()).found().accept(job.id() + id, answer);
    }

    private static BatchAnswer answer(String text) {
        return good(new BatchRequest(
                "a", BatchEndpoint.COMPLETIONS, ("{\"prompt\":\"" + text + "\"}").getBytes(StandardCharsets.UTF_8)));
    }

    private List<String> sent() {
        return site.transport.flights.stream()
                .map(flight -> flight.request().id().substring(job.id().length()))
                .toList();
    }

    @Test
    void aNewJobWasSentByNobodyAndAnOldOneSinceItWasMade() {
        assertThat(site.transport.watched.get(job.id()).since()).isEmpty();
        restartWithoutRoom();
        assertThat(site.transport.watched.get(job.id()).since()).contains(JobSite.BEGIN);
        site.transport.bound = 3;
        site.settle(JobSite::good);
        assertThat(site.transport.watched).isEmpty();
    }

    @Test
    void whatIsFoundBeforeItsTurnIsNotSent() {
        restartWithoutRoom();
        found("_1", answer("found"));
        found("_7", answer("of no request"));
        found("_1x", answer("of no request"));
        site.transport.bound = 3;
        site.loop.turn();
        site.loop.turn();
        assertThat(sent()).containsExactlyInAnyOrder("_0", "_2");
        site.transport.answer(0, answer("0"));
        site.transport.answer(0, answer("2"));
        site.loop.turn();
        site.loop.turn();
        Job done = site.found(job);
        assertThat(done.status().counts()).isEqualTo(new Job.Counts(3, 3, 0));
        assertThat(site.content(done.status().outputFile())).hasSize(3);
        assertThat(site.content(done.status().outputFile()).get(1)).contains("\"custom_id\":\"c1\"", "r-found");
    }

    @Test
    void whatIsFoundNeedsNoPlace() {
        restartWithoutRoom();
        found("_0", answer("found"));
        found("_2", answer("found"));
        site.loop.turn();
        site.pass(JobLoop.LOOK);
        site.loop.turn();
        assertThat(site.found(job).status().counts()).isEqualTo(new Job.Counts(3, 2, 0));
        site.transport.bound = 3;
        site.transport.boundOfTenant = 0;
        found("_1", answer("found"));
        site.loop.turn();
        site.loop.turn();
        assertThat(site.found(job).state()).isEqualTo(JobState.COMPLETED);
        assertThat(sent()).isEmpty();
    }

    /** No other answer would come: the request that was sent again is known. */
    @Test
    void whatIsFoundIsWaitedForNoLonger() {
        found("_1", answer("found"));
        site.loop.turn();
        assertThat(sent()).containsExactlyInAnyOrder("_0", "_2");
        site.pass(Duration.ofMinutes(1));
        site.loop.turn();
        site.loop.turn();
        assertThat(sent()).containsExactlyInAnyOrder("_0", "_2");
        site.pass(JobLoop.LOOK);
        site.loop.turn();
        assertThat(site.found(job).status().counts()).isEqualTo(new Job.Counts(3, 1, 0));
    }

    @Test
    void aRequestHasTheSameIdWhoeverSendsItButForOneThatWasAnsweredInVain() {
        site.restart();
        site.loop.turn();
        site.loop.turn();
        assertThat(sent()).containsExactlyInAnyOrder("_0", "_1", "_2");
        String refused = sent().get(0);
        site.transport.answer(0, failed(429, ErrorCode.QUEUE_FULL));
        String notRun = sent().get(0);
        site.transport.flights.remove(0).answered().accept(Optional.empty());
        site.loop.turn();
        site.pass(Duration.ofMinutes(1));
        site.loop.turn();
        assertThat(sent()).hasSize(3).contains(notRun, refused + "_2.1");
    }

    @Test
    void whatWasFoundInVainIsAskedForUnderAnotherId() {
        restartWithoutRoom();
        found("_1", failed(429, ErrorCode.QUEUE_FULL));
        site.transport.bound = 3;
        site.loop.turn();
        site.pass(Duration.ofMinutes(1));
        site.loop.turn();
        assertThat(sent()).containsExactlyInAnyOrder("_0", "_1_2.1", "_2");
    }

    /** All answers are read again where this process takes over any job. */
    @Test
    void anErrorThatIsReadAgainIsNotJudgedAgain() {
        site.transport.answer(0, lost());
        site.loop.turn();
        site.pass(Duration.ofMinutes(1));
        site.loop.turn();
        List<String> asked = sent();
        String again = asked.getLast();
        assertThat(again).endsWith("_1.1");
        for (int i = 0; i < 9; i++) {
            found(again.substring(0, 2), lost());
            site.loop.turn();
            site.loop.turn();
            site.pass(Duration.ofMinutes(1));
            site.loop.turn();
            assertThat(sent()).containsExactlyElementsOf(asked);
        }
        for (int i = 0; i < 3; i++) {
            site.transport.answer(0, answer("once"));
        }
        site.loop.turn();
        site.loop.turn();
        assertThat(site.found(job).status().counts()).isEqualTo(new Job.Counts(3, 3, 0));
    }

    @Test
    void anErrorOfAnEarlierTryDoesNotReplaceAnAnswer() {
        restartWithoutRoom();
        found("_1_1.1", answer("good"));
        found("_1", failed(429, ErrorCode.QUEUE_FULL));
        site.transport.bound = 3;
        site.loop.turn();
        site.loop.turn();
        assertThat(sent()).containsExactlyInAnyOrder("_0", "_2");
    }

    @Test
    void whatWasNotAnsweredWasNotLost() {
        for (int i = 0; i < 9; i++) {
            while (!site.transport.flights.isEmpty()) {
                site.transport.flights.removeFirst().answered().accept(Optional.empty());
            }
            site.loop.turn();
            site.pass(Duration.ofMinutes(1));
            site.loop.turn();
        }
        site.transport.answer(0, lost());
        site.loop.turn();
        site.pass(Duration.ofMinutes(1));
        site.loop.turn();
        assertThat(sent()).hasSize(3);
    }

    private static BatchAnswer lost() {
        return failed(503, ErrorCode.REPLICA_LOST);
    }

    @Test
    void whoTakesAJobThatIsOverReadsItsAnswersFirst() {
        restartAfterTheEnd();
        found("_1", answer("in time"));
        site.transport.caughtUp = true;
        turns();
        Job done = site.found(job);
        assertThat(done.state()).isEqualTo(JobState.EXPIRED);
        assertThat(done.status().counts()).isEqualTo(new Job.Counts(3, 1, 0));
        assertThat(site.content(done.status().outputFile()))
                .singleElement()
                .asString()
                .contains("r-in time");
        assertThat(sent()).isEmpty();
    }

    @Test
    void aJobOfWhichAllWasAnsweredInTimeIsComplete() {
        restartAfterTheEnd();
        for (int i = 0; i < 3; i++) {
            found("_" + i, answer("in time"));
        }
        site.transport.caughtUp = true;
        turns();
        assertThat(site.found(job).state()).isEqualTo(JobState.COMPLETED);
    }

    @Test
    void answersThatCannotBeReadAreNotWaitedForForEver() {
        restartAfterTheEnd();
        site.pass(Duration.ofMinutes(2));
        turns();
        assertThat(site.found(job).state()).isEqualTo(JobState.EXPIRED);
    }

    private void restartAfterTheEnd() {
        site.pass(Duration.ofHours(25));
        site.restart();
        site.transport.caughtUp = false;
        turns();
        assertThat(site.found(job).state()).isEqualTo(JobState.IN_PROGRESS);
    }

    private void turns() {
        for (int i = 0; i < 5; i++) {
            site.loop.turn();
        }
    }

    @Test
    void anAnswerThatCouldNotBeNotedIsKept() throws IOException {
        Path inTheWay = Files.createFile(folder.resolve("journals").resolve(job.id()));
        for (int i = 0; i < 3; i++) {
            site.transport.answer(0, answer("once"));
        }
        site.loop.turn();
        Files.delete(inTheWay);
        site.pass(Duration.ofMinutes(1));
        site.loop.turn();
        site.loop.turn();
        assertThat(sent()).isEmpty();
        assertThat(site.found(job).state()).isEqualTo(JobState.COMPLETED);
    }

    @Test
    void ofWhatFindsNoRoomItIsKnownThatItWasAnswered() {
        EarlyAnswers early = new EarlyAnswers(answer("a").body().length);
        early.add(1, answer("a"), true);
        early.add(2, answer("b"), true);
        early.add(1, answer("c"), true);
        assertThat(early.take(2)).isEmpty();
        assertThat(early.takeForgotten(2)).isTrue();
        assertThat(early.takeForgotten(2)).isFalse();
        assertThat(early.takeForgotten(1)).isFalse();
        assertThat(early.take(1)).map(BatchAnswer::requestId).contains("r-c");
        early.add(3, answer("d"), true);
        assertThat(early.take(3)).isPresent();
    }
}

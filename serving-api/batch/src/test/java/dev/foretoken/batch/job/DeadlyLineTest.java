package dev.foretoken.batch.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.store.Job;
import dev.foretoken.batch.store.JobState;
import dev.foretoken.contract.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that run when their process is killed. */
class DeadlyLineTest {

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

    private void send() {
        site.loop.turn();
        site.loop.turn();
    }

    private void sendAndKill() {
        send();
        site.restart();
    }

    private void answer() {
        site.transport.answer(0, JobSite.good(site.transport.flights.getFirst().request()));
        site.loop.turn();
    }

    private static BatchAnswer deadly(BatchRequest request) {
        if (new String(request.body(), StandardCharsets.UTF_8).contains("c1")) {
            throw new JobSite.Killed();
        }
        return JobSite.good(request);
    }

    @Test
    void aRequestThatEndsItsProcessIsGivenUp() {
        Job job = site.submit("t", "24h", JobSite.lines(4));
        int kills = 0;
        while (kills < 9 && !site.found(job).state().isOver()) {
            try {
                site.settle(job, DeadlyLineTest::deadly);
            } catch (JobSite.Killed e) {
                kills++;
                site.restart();
            }
        }
        assertThat(kills).isEqualTo(3);
        Job.Status status = site.found(job).status();
        assertThat(status.state()).isEqualTo(JobState.COMPLETED);
        assertThat(status.counts()).isEqualTo(new Job.Counts(4, 3, 1));
        assertThat(site.content(status.errorFile()))
                .singleElement()
                .asString()
                .contains("\"custom_id\":\"c1\",\"response\":null,\"error\":{\"code\":\"server_error\"")
                .contains("ended 3 times");
    }

    @Test
    void whoRanWhenProcessesWereKilledRunsAlone() {
        Job job = site.submit("t", "24h", JobSite.lines(3));
        Job beside = site.submit("u", "24h", JobSite.lines(1));
        site.transport.bound = 9;
        sendAndKill();
        site.transport.bound = 9;
        send();
        assertThat(site.transport.flights).hasSize(4);
        site.restart();
        site.transport.bound = 9;
        send();
        for (int i = 0; i < 4; i++) {
            assertThat(site.transport.flights).hasSize(1);
            answer();
            site.loop.turn();
        }
        assertThat(site.found(job).status().counts()).isEqualTo(new Job.Counts(3, 3, 0));
        assertThat(site.found(beside).status().counts()).isEqualTo(new Job.Counts(1, 1, 0));
    }

    @Test
    void whoseProcessesEndedInOrderIsNotSuspected() {
        site.submit("t", "24h", JobSite.lines(3));
        for (int i = 0; i < 4; i++) {
            send();
            site.loop.close();
            site.restart();
        }
        send();
        assertThat(site.transport.flights).hasSize(3);
    }

    @Test
    void whoWaitedWhenProcessesWereKilledIsNotSuspected() {
        site.submit("t", "24h", JobSite.lines(3));
        for (int i = 0; i < 4; i++) {
            send();
            while (!site.transport.flights.isEmpty()) {
                site.transport.answer(0, JobSite.failed(429, ErrorCode.QUEUE_FULL));
            }
            site.loop.turn();
            site.restart();
        }
        site.pass(Duration.ofMinutes(1));
        send();
        assertThat(site.transport.flights).hasSize(3);
    }

    @Test
    void whoRanHereWhenProcessesWereKilledIsNotSuspectedElsewhere() {
        site.submit("t", "24h", JobSite.lines(3));
        for (int i = 0; i < 2; i++) {
            sendAndKill();
        }
        site.isLocal = false;
        send();
        assertThat(site.transport.flights).hasSize(3);
    }

    @Test
    void requestsThatRunElsewhereAreNotSuspected() {
        site.isLocal = false;
        site.submit("t", "24h", JobSite.lines(3));
        for (int i = 0; i < 4; i++) {
            sendAndKill();
        }
        send();
        assertThat(site.transport.flights).hasSize(3);
    }
}

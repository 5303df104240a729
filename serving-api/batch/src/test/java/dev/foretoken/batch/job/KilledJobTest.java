package dev.foretoken.batch.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.store.Job;
import dev.foretoken.batch.store.JobState;
import dev.foretoken.contract.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that ends at every step it can end at, and one that goes on: each request has one line in the end. */
class KilledJobTest {

    private static final int REQUESTS = 4;

    @TempDir
    Path folder;

    /** What happens to a job while it runs. */
    private enum Story {
        COMPLETED,
        CANCELLED,
        EXPIRED,
    }

    @Test
    void aCompletedJobHasEveryAnswerOnce() {
        tellWithEveryEnd(Story.COMPLETED, JobState.COMPLETED);
    }

    @Test
    void aCancelledJobHasEveryRequestOnce() {
        tellWithEveryEnd(Story.CANCELLED, JobState.CANCELLED);
    }

    @Test
    void anExpiredJobHasEveryRequestOnce() {
        tellWithEveryEnd(Story.EXPIRED, JobState.EXPIRED);
    }

    private void tellWithEveryEnd(Story story, JobState expected) {
        boolean whole = false;
        int kills = 0;
        for (int steps = 1; !whole; steps++) {
            try (JobSite site = new JobSite(folder.resolve(story + "-" + steps), JobLimits.DEFAULT)) {
                Job job = site.submit("t", "1h", JobSite.lines(REQUESTS));
                site.killAfter(steps);
                whole = tell(story, site, job);
                kills += whole ? 0 : 1;
                site.restart();
                if (!whole) {
                    retell(story, site, job);
                }
                check(site, site.found(job), expected);
            }
        }
        assertThat(kills).isGreaterThan(20);
    }

    /** False where the process ended before. */
    private static boolean tell(Story story, JobSite site, Job job) {
        try {
            play(story, site, job);
            return true;
        } catch (JobSite.Killed e) {
            return false;
        }
    }

    private static void play(Story story, JobSite site, Job job) {
        if (story != Story.COMPLETED) {
            site.loop.turn();
            site.loop.turn();
            site.transport.answer(
                    0, JobSite.good(site.transport.flights.getFirst().request()));
            site.loop.turn();
            meddle(story, site, job);
        }
        site.settle(job, KilledJobTest::engine);
    }

    private static void meddle(Story story, JobSite site, Job job) {
        if (story == Story.CANCELLED) {
            site.jobs.cancel("t", job.id());
        } else {
            site.pass(Duration.ofHours(1));
        }
    }

    /** The next process: what should have happened and did not happens now. */
    private static void retell(Story story, JobSite site, Job job) {
        if (!site.found(job).state().isOver() && story != Story.COMPLETED) {
            meddle(story, site, job);
        }
        site.settle(job, KilledJobTest::engine);
    }

    private static BatchAnswer engine(BatchRequest request) {
        return request.id().endsWith("_2") ? JobSite.failed(400, ErrorCode.INVALID_REQUEST) : JobSite.good(request);
    }

    private static void check(JobSite site, Job job, JobState expected) {
        assertThat(job.state()).isEqualTo(expected);
        List<String> all = new ArrayList<>(site.content(job.status().outputFile()));
        assertThat(all).hasSize(job.status().counts().completed());
        all.addAll(site.content(job.status().errorFile()));
        int known = job.status().counts().total();
        assertThat(all).hasSize(known);
        assertThat(new TreeSet<>(all.stream()
                        .map(line -> line.replaceAll(".*\"custom_id\":\"(.*?)\".*", "$1"))
                        .toList()))
                .hasSize(known);
        assertThat(known).isIn(expected == JobState.COMPLETED ? List.of(REQUESTS) : List.of(0, REQUESTS));
        int files = 1
                + (job.status().outputFile().isPresent() ? 1 : 0)
                + (job.status().errorFile().isPresent() ? 1 : 0);
        assertThat(site.allFiles("t")).hasSize(files);
    }
}

package dev.foretoken.batch.job;

import static dev.foretoken.batch.job.JobSite.good;
import static dev.foretoken.batch.job.JobSite.lines;
import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.store.Job;
import dev.foretoken.batch.store.JobState;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clocks that are set while jobs run. Leases and deadlines are civil time, since they outlive processes; pauses are not. */
class JobClockTest {

    private static final Duration HOUR = Duration.ofHours(1);

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

    private Job started(int requests) {
        Job job = site.submit("t", "24h", lines(requests));
        site.loop.turn();
        site.loop.turn();
        look(); // writes how many requests there are
        assertThat(site.transport.flights).isNotEmpty();
        return job;
    }

    private void look() {
        site.pass(JobLoop.LOOK);
        site.loop.turn();
    }

    @Test
    void whoseClockIsSetBackHearsThatAnotherHasItsJob() {
        started(2);
        site.jump(HOUR.negated());
        JobSite.FakeTransport other = site.new FakeTransport();
        JobLoop second = site.trueLoop("two", other);
        for (int i = 0; i < JobLoop.LEASE.toSeconds(); i++) {
            look();
            second.turn();
        }
        second.turn();
        look();
        assertThat(other.flights).hasSize(2);
        assertThat(site.transport.flights).as("of who has lost the job").isEmpty();
    }

    @Test
    void aJobGoesOnWhateverTheClockDoesWithinItsWindow() {
        Job job = started(30);
        for (int i = 0; !site.found(job).state().isOver(); i++) {
            assertThat(i).as("turns").isLessThan(200);
            site.jump(HOUR.multipliedBy(i % 2 == 0 ? 20 : -20));
            if (!site.transport.flights.isEmpty()) {
                site.transport.answer(0, good(site.transport.flights.getFirst().request()));
            }
            look();
        }
        assertThat(site.found(job).status().counts()).isEqualTo(new Job.Counts(30, 30, 0));
        assertThat(site.content(site.found(job).status().outputFile()))
                .doesNotHaveDuplicates()
                .hasSize(30);
    }

    @Test
    void whatExpiredByAClockThatIsThenSetBackStaysOver() {
        Job job = started(2);
        site.transport.answer(0, good(site.transport.flights.getFirst().request()));
        site.jump(HOUR.multipliedBy(25));
        for (int i = 0; i < 5; i++) {
            look();
        }
        assertThat(site.found(job).state()).isEqualTo(JobState.EXPIRED);
        site.jump(HOUR.multipliedBy(-25));
        for (int i = 0; i < 5; i++) {
            look();
        }
        assertThat(site.found(job).state()).isEqualTo(JobState.EXPIRED);
        assertThat(site.found(job).status().counts()).isEqualTo(new Job.Counts(2, 1, 0));
        assertThat(site.transport.flights).isEmpty();
    }
}

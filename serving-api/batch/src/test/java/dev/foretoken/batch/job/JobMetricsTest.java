package dev.foretoken.batch.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.batch.store.JobState;
import dev.foretoken.contract.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told of jobs as they go. */
class JobMetricsTest {

    @TempDir
    Path folder;

    private final List<Object> told = new ArrayList<>();

    private final JobMetrics metrics = new JobMetrics() {
        @Override
        public void open(Map<JobState, Integer> jobs, Duration oldestWaiting) {
            told.add(List.of(Map.copyOf(jobs), oldestWaiting));
        }

        @Override
        public void answered(boolean failed) {
            told.add(failed);
        }

        @Override
        public void ended(JobState state) {
            told.add(state);
        }
    };

    @Test
    void jobsAreCountedAndTheOldestThatWaitsHasAnAge() {
        try (JobSite site = new JobSite(folder, JobLimits.DEFAULT)) {
            JobLoop loop = site.loop("one", site.transport, metrics);
            for (int i = 0; i < 5; i++) {
                site.submit("t", "24h", JobSite.line("a"));
                site.pass(Duration.ofSeconds(10));
            }
            loop.turn();
            loop.turn();
            site.pass(JobLoop.LOOK);
            loop.turn();
            assertThat(told)
                    .startsWith(List.of(Map.of(JobState.VALIDATING, 5), Duration.ofSeconds(50)))
                    .endsWith(List.of(
                            Map.of(JobState.VALIDATING, 1, JobState.IN_PROGRESS, 4),
                            Duration.ofSeconds(10).plus(JobLoop.LOOK)));
        }
    }

    @Test
    void answersAndEndsAreCounted() {
        try (JobSite site = new JobSite(folder, JobLimits.DEFAULT)) {
            site.submit("t", "24h", JobSite.lines(2));
            JobLoop loop = site.loop("one", site.transport, metrics);
            site.transport.engine = request -> request.id().endsWith("_1")
                    ? JobSite.failed(400, ErrorCode.INVALID_REQUEST)
                    : JobSite.good(request);
            for (int i = 0; i < 5; i++) {
                loop.turn();
            }
            assertThat(told).containsSubsequence(false, true, JobState.COMPLETED);
            loop.turn();
            assertThat(told).filteredOn(JobState.COMPLETED::equals).hasSize(1);
        }
    }
}

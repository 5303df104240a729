package dev.foretoken.batch.job;

import dev.foretoken.batch.store.JobState;
import java.time.Duration;
import java.util.Map;

/** What is told of jobs. Called by their threads, often: implementations do not block. */
public interface JobMetrics {

    JobMetrics NONE = new JobMetrics() {};

    /**
     * How many jobs of the store are in which state that is not the last, whoever works on them.
     *
     * @param oldestWaiting since when the oldest of those waits that nobody works on; zero = there is none
     */
    default void open(Map<JobState, Integer> jobs, Duration oldestWaiting) {}

    /** A request of a job was answered, and its answer noted, in this process. */
    default void answered(boolean failed) {}

    /** This process ended a job. */
    default void ended(JobState state) {}
}

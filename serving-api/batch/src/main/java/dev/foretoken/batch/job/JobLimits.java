package dev.foretoken.batch.job;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.time.Duration;

/**
 * How much callers may leave here.
 *
 * @param maxRequests in one file
 * @param maxFileBytes of one file that is sent
 * @param maxLineBytes of one request in it
 * @param maxFiles of a tenant, answers included
 * @param maxStoredBytes of all files of a tenant, answers included; those of jobs that run may go beyond
 * @param maxOpenJobs of a tenant
 * @param fileLife how long files are kept that did not say
 * @param jobLife how long jobs are remembered after they are over
 */
public record JobLimits(
        int maxRequests,
        long maxFileBytes,
        int maxLineBytes,
        int maxFiles,
        long maxStoredBytes,
        int maxOpenJobs,
        Duration fileLife,
        Duration jobLife) {

    public static final JobLimits DEFAULT = new JobLimits(
            50_000, 200_000_000, 8 << 20, 10_000, 20_000_000_000L, 1_000, Duration.ofDays(30), Duration.ofDays(90));

    public JobLimits {
        requireRange("batch.max-requests", maxRequests, 1, 1_000_000);
        requireRange("batch.max-file-bytes", maxFileBytes, 1, 1L << 40);
        requireRange("batch.max-line-bytes", maxLineBytes, 64, 1 << 28);
        requireRange("batch.max-files", maxFiles, 1, 1_000_000);
        requireRange("batch.max-stored-bytes", maxStoredBytes, 1, 1L << 50);
        requireRange("batch.max-open-jobs", maxOpenJobs, 1, 1_000_000);
        requireRange("batch.file-life", fileLife, Duration.ofHours(1), Duration.ofDays(3650));
        requireRange("batch.job-life", jobLife, Duration.ofHours(1), Duration.ofDays(3650));
    }

    /** The same but for how long files are kept. */
    public JobLimits keeping(Duration files) {
        return new JobLimits(
                maxRequests, maxFileBytes, maxLineBytes, maxFiles, maxStoredBytes, maxOpenJobs, files, jobLife);
    }

    /** The same but for how much a tenant may store. */
    public JobLimits storing(long bytes) {
        return new JobLimits(maxRequests, maxFileBytes, maxLineBytes, maxFiles, bytes, maxOpenJobs, fileLife, jobLife);
    }
}

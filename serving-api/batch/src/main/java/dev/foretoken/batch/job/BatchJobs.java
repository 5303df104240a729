package dev.foretoken.batch.job;

import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.batch.store.BatchStore;
import dev.foretoken.batch.store.Job;
import dev.foretoken.batch.store.JobState;
import dev.foretoken.batch.store.Session;
import dev.foretoken.batch.store.StoredFile;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Jobs of tenants, as callers see them. Everybody sees their own alone. Any thread may call it. */
public final class BatchJobs {

    private final BatchStore store;
    private final JobLimits limits;
    private final InstantSource wall;
    private final Runnable wake;

    /** @param wake tells who runs jobs that there is something to do */
    public BatchJobs(BatchStore store, JobLimits limits, InstantSource wall, Runnable wake) {
        this.store = store;
        this.limits = limits;
        this.wall = wall;
        this.wake = wake;
    }

    /**
     * What a caller asks for, as it was written.
     *
     * @param window in which all is to be answered, such as {@code 24h}
     * @param outputLife how long the files of the job are kept; empty = as long as the server keeps files
     */
    public record Asked(
            String inputFile,
            String endpoint,
            String window,
            Map<String, String> metadata,
            Optional<Duration> outputLife) {}

    /** @throws ForetokenException INVALID_REQUEST, FILE_NOT_FOUND, QUEUE_FULL when the caller has too many open jobs */
    public Job create(String tenant, Asked asked) {
        Instant now = wall.instant();
        Job.Order order = new Job.Order(
                asked.inputFile(),
                endpoint(asked.endpoint()),
                asked.window(),
                Metadata.checked(asked.metadata()),
                asked.outputLife(),
                now,
                now.plus(CompletionWindow.parse(asked.window())));
        String id = store.newId("batch_");
        Job job = store.change(session -> {
            requireInput(session, tenant, asked.inputFile(), now);
            if (session.jobs().countOpen(tenant) >= limits.maxOpenJobs()) {
                throw new ForetokenException(
                        ErrorCode.QUEUE_FULL,
                        "you have " + limits.maxOpenJobs()
                                + " batches that are not over, the limit of this server; wait for one");
            }
            session.jobs().add(id, tenant, order);
            return session.jobs().find(id).orElseThrow();
        });
        wake.run();
        return job;
    }

    private static void requireInput(Session session, String tenant, String id, Instant now) throws SQLException {
        StoredFile file = session.files()
                .find(id)
                .filter(found -> found.tenant().equals(tenant) && !found.isOver(now))
                .orElseThrow(() -> BatchFiles.missing(id).withParam("input_file_id"));
        if (!file.purpose().equals(StoredFile.INPUT)) {
            throw ForetokenException.invalid(
                    "input_file_id",
                    "input_file_id must name a file that was sent with purpose '" + StoredFile.INPUT
                            + "'; this one holds answers");
        }
    }

    private static BatchEndpoint endpoint(String path) {
        return BatchEndpoint.of(path)
                .orElseThrow(() -> ForetokenException.invalid(
                        "endpoint",
                        "endpoint must be one of "
                                + Arrays.stream(BatchEndpoint.values())
                                        .map(BatchEndpoint::path)
                                        .collect(Collectors.joining(", "))));
    }

    /** @throws ForetokenException JOB_NOT_FOUND also for a job of somebody else */
    public Job find(String tenant, String id) {
        return store.read(session -> owned(session, tenant, id));
    }

    private static Job owned(Session session, String tenant, String id) throws SQLException {
        return session.jobs()
                .find(id)
                .filter(job -> job.tenant().equals(tenant))
                .orElseThrow(() -> new ForetokenException(
                                ErrorCode.JOB_NOT_FOUND, "there is no batch '" + BatchFiles.named(id) + "'")
                        .withParam("id"));
    }

    /**
     * Newest first.
     *
     * @param after the job after which the page begins
     */
    public List<Job> list(String tenant, Optional<String> after, int most) {
        return store.read(session -> {
            if (after.isPresent()) {
                session.jobs()
                        .find(after.get())
                        .filter(job -> job.tenant().equals(tenant))
                        .orElseThrow(() -> ForetokenException.invalid("after", "after names no batch that is there"));
            }
            return session.jobs().page(tenant, after, most);
        });
    }

    /**
     * Cancels a job; what is answered of it is kept. A second time does nothing.
     *
     * @throws ForetokenException JOB_NOT_FOUND, JOB_CONFLICT when it is over, or all of it is answered
     */
    public Job cancel(String tenant, String id) {
        Instant now = wall.instant();
        Job job = store.change(session -> {
            Job before = owned(session, tenant, id);
            session.jobs().cancel(id, now);
            Job after = session.jobs().find(id).orElseThrow();
            requireCancelled(before, after);
            return after;
        });
        wake.run();
        return job;
    }

    private static void requireCancelled(Job before, Job after) {
        if (after.state() != JobState.CANCELLING && after.state() != JobState.CANCELLED) {
            throw new ForetokenException(
                    ErrorCode.JOB_CONFLICT,
                    "a batch that is " + before.state().text()
                            + " cannot be cancelled any more; its files say what it did");
        }
    }
}

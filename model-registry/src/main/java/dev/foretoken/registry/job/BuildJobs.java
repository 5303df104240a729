package dev.foretoken.registry.job;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.VariantWorkshop;
import dev.foretoken.registry.metadata.Job;
import dev.foretoken.registry.metadata.Metadata;
import dev.foretoken.registry.metadata.Session;
import dev.foretoken.registry.name.VariantRef;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Builds of variants that are waiting, running or over, of all processes that share the database. Whoever {@linkplain #start starts} a runner
 * builds one at a time; a job whose process ended is taken over by another runner, or by the next, and goes on where it was.
 */
public final class BuildJobs {
    private final Metadata metadata;
    private final JobShelf shelf;
    private final Path folder;
    private final JobSettings settings;
    private final Clock clock;

    /** {@code folder}: of the jobs' own folders, on this machine. */
    public BuildJobs(Metadata metadata, JobShelf shelf, Path folder, JobSettings settings, Clock clock) {
        this.metadata = metadata;
        this.shelf = shelf;
        this.folder = folder;
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Queues a build.
     *
     * @throws ForetokenException MODEL_NOT_FOUND for an unknown parent; REGISTRY_CONFLICT when there is, or will be, a variant of this name;
     *     QUEUE_FULL
     */
    public Job submit(JobOrder order) {
        return submit(List.of(order)).getFirst();
    }

    /** Queues all of them, or none: see {@link #submit(JobOrder)}. */
    public List<Job> submit(List<JobOrder> orders) {
        orders.stream()
                .filter(order -> !order.calibration().isEmpty())
                .forEach(order -> shelf.put(TokenFile.write(order.calibration())));
        return metadata.change(session -> {
            List<Job> jobs = new ArrayList<>();
            for (JobOrder order : orders) {
                requireRoom(session, order.parent(), order.name());
                String spec = JobSpec.of(order).json();
                long id = session.jobs().add(order.parent(), order.name(), spec, clock.instant());
                jobs.add(session.jobs().find(id).orElseThrow());
            }
            return jobs;
        });
    }

    /** Newest first. */
    public List<Job> newest(int most) {
        return metadata.read(session -> session.jobs().newest(most));
    }

    /** @throws ForetokenException JOB_NOT_FOUND */
    public Job find(long id) {
        return metadata.read(session -> known(session, id));
    }

    /** Ends a queued job at once; a running one ends at its next stop. One that is over stays as it is. Returns what it is now. */
    public Job cancel(long id) {
        return metadata.change(session -> {
            known(session, id);
            session.jobs().cancel(id, clock.instant());
            return known(session, id);
        });
    }

    /** Queues a failed or cancelled job again: it goes on with what it had finished. */
    public Job retry(long id) {
        return metadata.change(session -> {
            Job job = known(session, id);
            requireRoom(session, job.parent(), job.name());
            if (!session.jobs().retry(id)) {
                throw new ForetokenException(
                        ErrorCode.REGISTRY_CONFLICT,
                        "job %d is %s: only a failed or cancelled one can be tried again"
                                .formatted(id, job.state().text()));
            }
            return known(session, id);
        });
    }

    /** The job's log on this machine, from a byte on; empty when another machine has it. */
    public String log(long id, long from) {
        Path log = folder(id).log();
        try {
            if (!Files.exists(log)) {
                return "";
            }
            byte[] bytes = Files.readAllBytes(log);
            int start = Math.clamp(from, 0, bytes.length);
            return new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.INTERNAL_ERROR, "the log of job " + id + " cannot be read", e);
        }
    }

    /** Starts to build what is queued, now and later, until the runner is closed. */
    public JobRunner start(VariantWorkshop workshop, VariantProbe probe) {
        return new JobRunner(new JobSite(metadata, shelf, workshop, probe, settings, clock), this::folder);
    }

    /** Removes the folders of jobs that have been over for {@code grace}; returns how many. */
    public int sweep(Duration grace) {
        Instant before = clock.instant().minus(grace);
        int removed = 0;
        for (Job job : metadata.read(session -> session.jobs().newest(Integer.MAX_VALUE))) {
            boolean over = job.times().ended().filter(before::isAfter).isPresent();
            if (over && Files.exists(folder(job.id()).path())) {
                folder(job.id()).remove();
                removed++;
            }
        }
        return removed;
    }

    private JobFolder folder(long id) {
        return new JobFolder(folder.resolve(Long.toString(id)));
    }

    private void requireRoom(Session session, VariantRef parent, String name) throws SQLException {
        if (session.variants().find(parent).isEmpty()) {
            throw new ForetokenException(ErrorCode.MODEL_NOT_FOUND, "there is no %s to build from".formatted(parent));
        }
        if (session.variants().find(parent.sibling(name)).isPresent()) {
            throw new ForetokenException(
                    ErrorCode.REGISTRY_CONFLICT,
                    "%s exists, and variants never change: choose another name".formatted(parent.sibling(name)));
        }
        List<Job> open = session.jobs().open();
        for (Job job : open) {
            if (job.parent().sibling(job.name()).equals(parent.sibling(name))) {
                throw new ForetokenException(
                        ErrorCode.REGISTRY_CONFLICT,
                        "job %d already builds %s".formatted(job.id(), parent.sibling(name)));
            }
        }
        if (open.size() >= settings.mostOpen()) {
            throw new ForetokenException(
                    ErrorCode.QUEUE_FULL,
                    "%d builds are queued, at most %d may be: wait for one or cancel one"
                            .formatted(open.size(), settings.mostOpen()));
        }
    }

    private static Job known(Session session, long id) throws SQLException {
        return session.jobs()
                .find(id)
                .orElseThrow(() -> new ForetokenException(ErrorCode.JOB_NOT_FOUND, "there is no job " + id));
    }
}

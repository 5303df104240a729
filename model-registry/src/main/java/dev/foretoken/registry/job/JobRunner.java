package dev.foretoken.registry.job;

import dev.foretoken.registry.metadata.Job;
import dev.foretoken.registry.metadata.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** One thread that builds what is queued, one job at a time, until it is closed. Closing gives the running job back to the queue. */
public final class JobRunner implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(JobRunner.class.getName());
    private static final Duration CLOSING = Duration.ofSeconds(30);

    private final JobSite site;
    private final LongFunction<JobFolder> folders;
    private final String owner = ProcessHandle.current().pid() + "-" + UUID.randomUUID();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final AtomicReference<@Nullable JobRun> running = new AtomicReference<>();
    private final Thread thread;

    JobRunner(JobSite site, LongFunction<JobFolder> folders) {
        this.site = site;
        this.folders = folders;
        this.thread = Thread.ofPlatform().name("registry-jobs").daemon(true).start(this::work);
    }

    /** Waits half a minute for the running job's next stop. */
    @Override
    public void close() {
        closing.countDown();
        JobRun run = running.get();
        if (run != null) {
            run.interrupt();
        }
        try {
            if (!thread.join(CLOSING)) {
                LOG.log(System.Logger.Level.WARNING, "a build does not stop: it is left to end with the process");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void work() {
        boolean idle = false;
        while (!closed(idle ? site.settings().poll() : Duration.ZERO)) {
            try {
                idle = !workOnce();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "build jobs cannot be looked at: tried again", e);
                idle = true;
            }
        }
    }

    private boolean closed(Duration wait) {
        try {
            return closing.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    /** Whether there was a job to run. */
    private boolean workOnce() {
        List<Job> open = site.metadata().read(session -> session.jobs().open());
        for (Job job : open) {
            if (free(job) && tryRun(job)) {
                return true;
            }
        }
        return false;
    }

    private boolean free(Job job) {
        return job.state() == JobState.QUEUED
                || job.lease().until().isBefore(site.clock().instant());
    }

    /** The folder first, then the lease: who has both is alone with the job, on this machine and on others. */
    private boolean tryRun(Job job) {
        JobFolder folder = folders.apply(job.id());
        Optional<JobFolder.Held> held = folder.enter();
        if (held.isEmpty()) {
            return false;
        }
        try (JobFolder.Held _ = held.get()) {
            Optional<Job> taken = take(job);
            taken.ifPresent(mine -> run(mine, folder));
            return taken.isPresent();
        }
    }

    private Optional<Job> take(Job job) {
        Instant now = site.clock().instant();
        return site.metadata().change(session -> {
            boolean taken = session.jobs()
                    .take(job, owner, now, now.plus(site.settings().lease()));
            return taken ? session.jobs().find(job.id()) : Optional.<Job>empty();
        });
    }

    private void run(Job job, JobFolder folder) {
        JobRun run = new JobRun(site, job, folder);
        running.set(run);
        if (closing.getCount() == 0) {
            run.interrupt();
        }
        try {
            run.run();
        } finally {
            running.set(null);
        }
    }
}

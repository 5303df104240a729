package dev.foretoken.registry.job;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.metadata.Job;
import dev.foretoken.registry.metadata.JobState;
import dev.foretoken.registry.name.VariantRef;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One attempt at one job, from its lease to its end. */
final class JobRun {
    private final JobSite site;
    private final Job job;
    private final JobFolder folder;
    private final JobLog log;
    private final JobWatch watch;

    JobRun(JobSite site, Job job, JobFolder folder) {
        this.site = site;
        this.job = job;
        this.folder = folder;
        this.log = new JobLog(folder.log(), site.settings().logBytes(), site.clock());
        this.watch = new JobWatch(site, log, job);
    }

    /** Asks the build to stop at its next stop; the job goes back into the queue. */
    void interrupt() {
        watch.interrupt();
    }

    void run() {
        CountDownLatch over = new CountDownLatch(1);
        Thread heart = Thread.ofVirtual().name("job-" + job.id() + "-heart").start(() -> beat(over));
        try {
            log.important("attempt %d at %s with %s".formatted(job.lease().attempt(), made(), job.spec()));
            String message = work();
            end(JobState.SUCCEEDED, message);
        } catch (ForetokenException e) {
            stopped(e);
        } catch (RuntimeException | Error e) {
            log.important("failed: " + e);
            end(
                    JobState.FAILED,
                    "the build failed unexpectedly (%s): its log says more"
                            .formatted(e.getClass().getSimpleName()));
        } finally {
            over.countDown();
            join(heart);
        }
    }

    private String work() {
        if (!job.status().published()) {
            new Building(site, job, folder, watch).build();
        }
        folder.sweep();
        return made() + " is made" + new Measuring(site, job, watch, log).measure();
    }

    private VariantRef made() {
        return job.parent().sibling(job.name());
    }

    private void stopped(ForetokenException e) {
        if (watch.lost()) {
            log.important("another runner has taken this job over: this attempt ends");
        } else if (e.code() == ErrorCode.CANCELLED && watch.cancelAsked()) {
            end(JobState.CANCELLED, "cancelled");
        } else if (e.code() == ErrorCode.CANCELLED && watch.interrupted()) {
            log.important("interrupted: goes back into the queue");
            site.metadata().change(session -> session.jobs().giveBack(job.id(), watch.lease()));
        } else {
            end(JobState.FAILED, String.valueOf(e.getMessage()));
        }
    }

    private void end(JobState state, String message) {
        log.important(state.text() + ": " + message);
        boolean mine = site.metadata()
                .change(session -> session.jobs()
                        .end(
                                job.id(),
                                watch.lease(),
                                state,
                                message,
                                site.clock().instant()));
        if (!mine) {
            log.important("another runner has taken this job over: that one says how it ends");
        }
    }

    private void beat(CountDownLatch over) {
        try {
            while (!over.await(site.settings().beat().toMillis(), TimeUnit.MILLISECONDS)) {
                watch.beat();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void join(Thread heart) {
        try {
            heart.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

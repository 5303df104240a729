package dev.foretoken.registry.job;

import dev.foretoken.contract.runtime.BuildWatch;
import dev.foretoken.registry.metadata.Job;
import java.time.Instant;

/**
 * Carries a build's progress to the database and the wish to stop back from it, every beat. Asked from the build's thread, beaten from
 * another.
 */
final class JobWatch implements BuildWatch {
    private static final System.Logger LOG = System.getLogger(JobWatch.class.getName());

    private final JobSite site;
    private final JobLog log;
    private final long id;
    private volatile Job.Progress progress;
    private volatile Job.Lease lease;
    private volatile boolean cancelAsked;
    private volatile boolean interrupted;
    private volatile boolean lost;

    JobWatch(JobSite site, JobLog log, Job job) {
        this.site = site;
        this.log = log;
        this.id = job.id();
        this.progress = job.status().progress();
        this.lease = job.lease();
        this.cancelAsked = job.status().cancelAsked();
    }

    @Override
    public void progress(String stage, long done, long total) {
        boolean next = !stage.equals(progress.stage());
        progress = new Job.Progress(stage, done, total);
        if (next) {
            log.line(stage);
        }
    }

    @Override
    public void log(String line) {
        log.line(line);
    }

    @Override
    public boolean cancelled() {
        return cancelAsked || interrupted || lost;
    }

    /** Says that the job lives, how far it is, and hears whether it should stop. */
    void beat() {
        Instant now = site.clock().instant();
        try {
            Job.Lease longer = new Job.Lease(
                    lease.owner(), lease.attempt(), now.plus(site.settings().lease()));
            Job seen = site.metadata().note(session -> {
                boolean mine = session.jobs().beat(id, longer, progress);
                return mine ? session.jobs().find(id).orElse(null) : null;
            });
            if (seen == null) {
                lost = true;
            } else {
                lease = longer;
                cancelAsked = seen.status().cancelAsked();
            }
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "job " + id + " could not say that it lives: tried again", e);
            lost = lost || now.isAfter(lease.until());
        }
    }

    void interrupt() {
        interrupted = true;
    }

    Job.Lease lease() {
        return lease;
    }

    boolean cancelAsked() {
        return cancelAsked;
    }

    boolean interrupted() {
        return interrupted;
    }

    boolean lost() {
        return lost;
    }

    void lose() {
        lost = true;
    }
}

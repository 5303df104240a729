package dev.foretoken.batch.job;

import dev.foretoken.batch.store.AnsweredLines;
import dev.foretoken.batch.store.Job;
import dev.foretoken.batch.store.JobState;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a job that this process has the lease of ends: its files are written, then its row says so. A database that did what it was asked and
 * could not say so is asked again, and nothing that its rows may name is removed. One call at a time, on any thread.
 */
final class JobEnding {

    private final JobDesk desk;
    private final Job job;
    private JobFiles.@Nullable Written written;

    /** @param job as it was taken */
    JobEnding(JobDesk desk, Job job) {
        this.desk = desk;
        this.job = job;
    }

    /** Ends it without files. */
    void fail(Job.Counts reached, List<Job.Flaw> flaws) {
        end(JobState.FAILED, reached, Optional.empty(), flaws, List.of());
    }

    /**
     * Ends it with what is answered. False where it must go on, as it is now: it was cancelled meanwhile, or the disk has lost answers before
     * they were in its files.
     *
     * @param counts as far as they are known
     */
    boolean finish(JobState end, Job.Counts counts) throws IOException {
        Instant now = desk.now();
        AnsweredLines answered = desk.store().answered(job.id(), counts.total());
        if (end == JobState.COMPLETED && !(isWhole(answered) && isFinalizing(answered.counts(), now))) {
            return false;
        }
        JobFiles.Written files = files(answered, end, now);
        if (end(end, files.counts(), Optional.of(files.usage()), List.of(), files.all()) || names(files.all())) {
            desk.store().removeJournals(job.id());
        } else {
            files.all().forEach(kept -> desk.store().removeBytes(kept.file().id()));
        }
        return true;
    }

    /** Those that were written before, where the database could not be told of them: each try would leave a copy. */
    private JobFiles.Written files(AnsweredLines answered, JobState end, Instant now) throws IOException {
        JobFiles.Written files = written;
        if (files == null
                || !files.all().stream()
                        .allMatch(kept -> desk.store().keep(kept.file().id(), now))) {
            files = JobFiles.write(desk.store(), desk.limits(), job, answered, end, now);
            written = files;
        }
        return files;
    }

    /** Whether the job ended with these files, and nobody heard it. */
    private boolean names(List<JobFiles.Kept> files) {
        return desk.store()
                .read(session -> session.jobs().find(job.id()))
                .map(Job::status)
                .filter(found -> found.state().isOver()
                        && found.outputFile().equals(JobFiles.Kept.id(files, JobFiles.Kind.OUTPUT))
                        && found.errorFile().equals(JobFiles.Kept.id(files, JobFiles.Kind.ERROR)))
                .isPresent();
    }

    /** Whether every request has an answer; where one has not, the job is not said to have. */
    private boolean isWhole(AnsweredLines answered) {
        boolean whole = answered.answered().cardinality() == answered.counts().total();
        if (!whole) {
            desk.store().change(session -> session.jobs().reopen(job.id(), job.lease()));
        }
        return whole;
    }

    /** Says so in the database; false where the job was cancelled meanwhile. A second time it is so already. */
    private boolean isFinalizing(Job.Counts counts, Instant now) {
        return job.state() == JobState.FINALIZING
                || desk.store()
                        .change(session -> session.jobs().finalizing(job.id(), job.lease(), counts, now)
                                || session.jobs()
                                        .find(job.id())
                                        .filter(this::isMineAndFinalizing)
                                        .isPresent());
    }

    private boolean isMineAndFinalizing(Job found) {
        return found.state() == JobState.FINALIZING
                && found.lease().attempt() == job.lease().attempt();
    }

    /**
     * False where it is over already, or another's.
     *
     * @param files the answers and the errors, each where there are any
     */
    private boolean end(
            JobState state,
            Job.Counts reached,
            Optional<Job.Usage> usage,
            List<Job.Flaw> flaws,
            List<JobFiles.Kept> files) {
        Instant now = desk.now();
        Job.Status status = new Job.Status(
                state,
                job.status().model(),
                reached,
                usage,
                flaws,
                JobFiles.Kept.id(files, JobFiles.Kind.OUTPUT),
                JobFiles.Kept.id(files, JobFiles.Kind.ERROR));
        boolean ended = desk.store().change(session -> {
            boolean mine = session.jobs().end(job.id(), job.lease(), status, now);
            if (mine) {
                for (JobFiles.Kept kept : files) {
                    session.files().add(kept.file());
                }
            }
            return mine;
        });
        if (ended) {
            desk.metrics().ended(state);
        }
        return ended;
    }
}

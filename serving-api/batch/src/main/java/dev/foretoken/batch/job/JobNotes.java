package dev.foretoken.batch.job;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.record.value.AnswerLine;
import dev.foretoken.batch.store.Job;
import dev.foretoken.batch.store.Journal;
import dev.foretoken.contract.ForetokenException;
import org.jspecify.annotations.Nullable;

/** What one attempt at a job notes: its answers, and what ran when the process ended. For the jobs' thread but for {@link #sync}. */
final class JobNotes {

    private static final System.Logger LOG = System.getLogger(JobNotes.class.getName());

    private final JobDesk desk;
    private final Job job;
    private volatile @Nullable Journal journal;

    JobNotes(JobDesk desk, Job job) {
        this.desk = desk;
        this.job = job;
    }

    private Journal journal() {
        Journal open = journal;
        if (open == null) {
            open = desk.store().journal(job.id(), job.lease().attempt());
            journal = open;
        }
        return open;
    }

    /** False where it could not be noted. */
    boolean answer(PendingLines.Pending line, boolean failed, BatchAnswer answer) {
        return noted(
                line.index(),
                failed,
                AnswerLine.of(JobFiles.lineId(job, line.index()), line.line().customId(), answer));
    }

    /** Notes for an answer that the request has run when processes ended; false where it could not be noted. */
    boolean givenUp(PendingLines.Pending line, int deaths) {
        return noted(
                line.index(),
                true,
                AnswerLine.unanswered(
                        JobFiles.lineId(job, line.index()),
                        line.line().customId(),
                        "server_error",
                        "The server ended " + deaths
                                + " times while this request ran, the last time without any other of a batch: it is not run again."));
    }

    private boolean noted(int index, boolean failed, byte[] json) {
        return tried(() -> journal().add(index, failed, json));
    }

    /** A request begins to run in this process; false where it could not be noted. */
    boolean begun(int index) {
        return tried(() -> journal().begun(index));
    }

    /** It runs no more and has no answer. Where that is not noted, the request is taken to have run longer than it did. */
    void stopped(int index) {
        tried(() -> journal().stopped(index));
    }

    private boolean tried(Runnable note) {
        try {
            note.run();
            return true;
        } catch (ForetokenException e) {
            LOG.log(System.Logger.Level.WARNING, "the journal of the batch " + job.id() + " cannot be written", e);
            return false;
        }
    }

    /** Waits until all that was noted is on the disk. Any thread. */
    void sync() {
        Journal open = journal;
        if (open != null) {
            open.sync();
        }
    }

    /** Notes that nothing runs any more. */
    void close() {
        Journal open = journal;
        if (open != null) {
            tried(open::ended);
            open.close();
        }
    }
}

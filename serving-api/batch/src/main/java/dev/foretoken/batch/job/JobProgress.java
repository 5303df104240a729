package dev.foretoken.batch.job;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.store.AnsweredLines;
import dev.foretoken.batch.store.Job;
import java.util.BitSet;

/** How far a job has come: which of its requests have an answer that is noted. For the jobs' thread. */
final class JobProgress {

    private final JobNotes notes;
    private final JobMetrics metrics;
    private BitSet answered = new BitSet();
    private Job.Counts counts;

    /** @param counts as far as they are known before the journals are read */
    JobProgress(JobNotes notes, JobMetrics metrics, Job.Counts counts) {
        this.notes = notes;
        this.metrics = metrics;
        this.counts = counts;
    }

    /** Of a job that nobody has begun. */
    void begin(int requests) {
        counts = new Job.Counts(requests, 0, 0);
        answered = new BitSet();
    }

    /** Of a job that was begun before. */
    void goOn(AnsweredLines noted) {
        counts = noted.counts();
        answered = noted.answered();
    }

    Job.Counts counts() {
        return counts;
    }

    BitSet answered() {
        return answered;
    }

    /** Whether there is a request at this place that waits for its answer. */
    boolean wants(int index) {
        return index >= 0 && index < counts.total() && !answered.get(index);
    }

    boolean isWhole() {
        return answered.cardinality() == counts.total();
    }

    /** False where it could not be noted. */
    boolean note(PendingLines.Pending line, BatchAnswer answer) {
        boolean failed = answer.status() < 200 || answer.status() > 299;
        return notes.answer(line, failed, answer) && count(line.index(), failed);
    }

    /** Notes an error for a request that has run when processes ended; false where it could not be noted. */
    boolean giveUp(PendingLines.Pending line, int deaths) {
        return notes.givenUp(line, deaths) && count(line.index(), true);
    }

    private boolean count(int index, boolean failed) {
        answered.set(index);
        metrics.answered(failed);
        counts = new Job.Counts(
                counts.total(), counts.completed() + (failed ? 0 : 1), counts.failed() + (failed ? 1 : 0));
        return true;
    }
}

package dev.foretoken.batch.job;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.store.AnsweredLines;
import dev.foretoken.batch.store.Job;
import dev.foretoken.batch.store.JobState;
import dev.foretoken.batch.store.JobTable;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A job that this process has the lease of: what is answered of it, what runs, what comes next. Belongs to the jobs' thread; what takes long
 * is done beside it, one piece at a time.
 */
final class HeldJob {

    private static final System.Logger LOG = System.getLogger(HeldJob.class.getName());
    private static final Duration MOST_CATCHING_UP = Duration.ofMinutes(1);
    private static final long MOST_EARLY_BYTES = 64 << 20;

    private final JobDesk desk;
    private final Job job;
    private final Map<Integer, Flight> inFlight = new HashMap<>();
    private Phase phase = Phase.PREPARING;
    private JobState end = JobState.COMPLETED;
    private Job.Lease lease;
    private Job.Counts shown;
    private @Nullable PendingLines pending;
    private final EarlyAnswers early = new EarlyAnswers(MOST_EARLY_BYTES);
    private JobTransport.@Nullable Watch watch;
    private final JobEnding ending;
    private final JobNotes notes;
    private final JobProgress progress;
    private final AnswerJudge judge;
    private final Rests rests;
    private final JobWork work;
    private Deaths deaths = Deaths.NONE;
    private boolean isExpiring;
    private long catchingUpUntil;

    private enum Phase {
        /** Its file is checked, or its journals are read. */
        PREPARING,
        RUNNING,
        /** Nothing new is sent; what is in flight comes back. */
        STOPPING,
        WRITING,
        /** It is over, or somebody else's. */
        GONE,
    }

    private record Flight(String id, JobTransport.Sent sent) {}

    /** @param job as it is now, with the lease of this process */
    HeldJob(JobDesk desk, Job job) {
        this.desk = desk;
        this.job = job;
        this.lease = job.lease();
        this.shown = job.status().counts();
        this.ending = new JobEnding(desk, job);
        this.notes = new JobNotes(desk, job);
        this.progress = new JobProgress(notes, desk.metrics(), shown);
        this.judge = new AnswerJudge(desk, job.order().expires());
        this.rests = new Rests(desk.clocks().nanos());
        this.work = new JobWork(job.id(), desk.tasks(), next -> desk.post(unlessGone(next)), rests, this::fail);
    }

    String id() {
        return job.id();
    }

    String tenant() {
        return job.tenant();
    }

    Job.Counts counts() {
        return progress.counts();
    }

    /** Whether its lease, or how far it has come, is to be written. A lease that lasts too long is of a clock that was set back meanwhile. */
    boolean wantsBeat(Instant until) {
        return !counts().equals(shown)
                || Duration.between(lease.until(), until).abs().compareTo(JobLoop.LEASE.dividedBy(3)) > 0;
    }

    Job.Lease leaseUntil(Instant until) {
        return new Job.Lease(lease.owner(), lease.attempt(), until);
    }

    /** What the lease is and what was reached is written. */
    void beaten(Instant until) {
        lease = leaseUntil(until);
        shown = counts();
        notes.sync();
    }

    boolean isGone() {
        return phase == Phase.GONE;
    }

    int inFlight() {
        return inFlight.size();
    }

    void begin() {
        switch (job.state()) {
            case VALIDATING -> work.begin(this::check);
            case IN_PROGRESS -> work.begin(this::resume);
            case FINALIZING -> write(JobState.COMPLETED);
            case CANCELLING -> write(JobState.CANCELLED);
            case FAILED, COMPLETED, EXPIRED, CANCELLED -> drop();
        }
    }

    private Runnable unlessGone(Runnable next) {
        return () -> {
            if (phase != Phase.GONE) {
                next.run();
            }
        };
    }

    private void fail(Exception e) {
        LOG.log(System.Logger.Level.ERROR, "the batch " + job.id() + " cannot go on", e);
        phase = Phase.WRITING;
        Job.Counts reached = counts();
        Job.Flaw flaw = new Job.Flaw(
                "server_error", "The server could not go on with this batch; its log says why.", null, null);
        work.begin(() -> {
            ending.fail(reached, List.of(flaw));
            return this::drop;
        });
    }

    private Runnable check() throws IOException {
        FileCheck.Found found;
        try (InputStream file = desk.store().read(job.order().inputFile())) {
            found = FileCheck.read(file, job.order().endpoint(), desk.limits());
        }
        if (!found.flaws().isEmpty()) {
            ending.fail(Job.Counts.NONE, found.flaws());
            return this::drop;
        }
        Instant now = desk.now();
        boolean mine = desk.store()
                .change(session -> session.jobs().begin(job.id(), job.lease(), found.requests(), found.model(), now));
        return mine ? () -> begun(found.requests()) : this::giveBack;
    }

    private void begun(int requests) {
        progress.begin(requests);
        run(Optional.empty());
    }

    private Runnable resume() {
        AnsweredLines noted =
                desk.store().answered(job.id(), job.status().counts().total());
        return () -> {
            deaths = desk.transport().isLocal() ? new Deaths(noted) : Deaths.NONE;
            progress.goOn(noted);
            run(Optional.of(job.order().created()));
        };
    }

    /** @param sentSince when somebody may have sent the first of its requests; empty = nobody did */
    private void run(Optional<Instant> sentSince) {
        phase = Phase.RUNNING;
        pending = new PendingLines(
                job,
                () -> desk.store().read(job.order().inputFile()),
                desk.limits().maxLineBytes(),
                progress.answered());
        watch = desk.transport()
                .watch(
                        job.id(),
                        sentSince,
                        (id, answer) -> desk.post(Optional.of(answer), unlessGone(() -> found(id, answer))));
        finishIfDone();
    }

    /** Does what is due. */
    void tick(Instant now) {
        work.tick();
        if (phase == Phase.RUNNING && !now.isBefore(job.order().expires())) {
            expire();
        }
    }

    /** Answers that came in time count, though they are read late: they are waited for, and nothing is sent meanwhile. */
    private void expire() {
        if (!isExpiring) {
            isExpiring = true;
            catchingUpUntil = desk.nanos() + MOST_CATCHING_UP.toNanos();
        }
        boolean isCaughtUp = Objects.requireNonNull(watch).isCaughtUp() || desk.nanos() - catchingUpUntil >= 0;
        if (isCaughtUp && (early.isEmpty() || rests.isOver())) {
            desk.post(unlessGone(this::expired)); // after all that was told
        }
    }

    private void expired() {
        if (phase == Phase.RUNNING && hasNotedEarly()) {
            stop(JobState.EXPIRED);
        }
    }

    private boolean hasNotedEarly() {
        while (!early.isEmpty() && hasLine()) {
            PendingLines.Pending line = Objects.requireNonNull(pending).take();
            Optional<BatchAnswer> known = early.take(line.index());
            if (known.isPresent() && judge.isFinal(line.losses(), known.get()) && !progress.note(line, known.get())) {
                early.add(line.index(), known.get(), true);
                putBack(line);
            }
        }
        finishIfDone();
        return phase == Phase.RUNNING && (early.isEmpty() || rests.isOver());
    }

    /** The database says so. */
    void cancelled() {
        if (phase == Phase.RUNNING) {
            stop(JobState.CANCELLED);
        } else if (phase == Phase.STOPPING) {
            end = JobState.CANCELLED;
        }
    }

    private void stop(JobState as) {
        phase = Phase.STOPPING;
        end = as;
        List.copyOf(inFlight.values()).forEach(flight -> flight.sent().cancel());
        finishIfDone();
    }

    /** Whether it has a request that may be sent now. */
    boolean hasNext() {
        return !isExpiring && hasLine();
    }

    private boolean hasLine() {
        PendingLines lines = pending;
        if (phase != Phase.RUNNING || lines == null || !rests.isOver()) {
            return false;
        }
        try {
            return lines.hasNext();
        } catch (IOException | RuntimeException e) {
            work.failed(e);
            return false;
        }
    }

    /** Whether one of the requests that come soon was answered, and is only to be noted; it comes next then. */
    boolean putsAnsweredFirst() {
        return !early.isEmpty() && hasNext() && Objects.requireNonNull(pending).putFirst(early::has);
    }

    /** Whether the next request may be what ended processes: it runs when no other does. Asked after {@link #hasNext}. */
    boolean isNextSuspected() {
        return deaths.isSuspected(Objects.requireNonNull(pending).nextIndex());
    }

    boolean runsSuspected() {
        return inFlight.keySet().stream().anyMatch(deaths::isSuspected);
    }

    /** Sends the next request. */
    void sendNext() {
        PendingLines.Pending line = Objects.requireNonNull(pending).take();
        Optional<BatchAnswer> known = early.take(line.index());
        if (known.isPresent()) {
            answered(line, known);
        } else if (deaths.areTooMany(line.index())) {
            giveUp(line);
        } else if (desk.transport().isLocal() && !notes.begun(line.index())) {
            putBack(line);
        } else {
            send(early.takeForgotten(line.index()) ? line.refused(false) : line);
        }
    }

    private void send(PendingLines.Pending line) {
        JobTransport.Sent sent = desk.transport()
                .send(line.request(job), answer -> desk.post(answer, unlessGone(() -> answered(line, answer))));
        inFlight.put(line.index(), new Flight(line.id(job), sent));
    }

    private void giveUp(PendingLines.Pending line) {
        if (progress.giveUp(line, deaths.of(line.index()))) {
            finishIfDone();
        } else {
            putBack(line);
        }
    }

    private void putBack(PendingLines.Pending line) {
        Objects.requireNonNull(pending).putBack(line);
        rests.begin();
    }

    private void answered(PendingLines.Pending line, Optional<BatchAnswer> answer) {
        inFlight.remove(line.index());
        boolean isFinal = answer.isPresent() && judge.isFinal(line.losses(), answer.get());
        if (isFinal && progress.note(line, answer.get())) {
            rests.end();
        } else if (phase == Phase.RUNNING) {
            if (isFinal) {
                early.add(line.index(), answer.get(), true);
            }
            if (desk.transport().isLocal()) {
                notes.stopped(line.index());
            }
            putBack(isFinal || answer.isEmpty() ? line : line.refused(AnswerJudge.isLoss(answer.get())));
        }
        finishIfDone();
    }

    /**
     * An answer to a request that was not sent from here, or was sent again after the answer was read: then no other will come. It is noted
     * when it is the request's turn. An error that may be better soon counts only where nothing else was asked for since: all answers are read
     * again where this process takes over any job.
     */
    private void found(String id, BatchAnswer answer) {
        int index = PendingLines.Pending.indexOf(job, id);
        if (!progress.wants(index)) {
            return;
        }
        Flight flight = inFlight.get(index);
        boolean isFinal = judge.isFinal(0, answer);
        String asked = flight == null ? Objects.requireNonNull(pending).id(index) : flight.id();
        if (isFinal || id.equals(asked)) {
            early.add(index, answer, isFinal);
            if (flight != null) {
                flight.sent().cancel();
            }
        }
    }

    private void finishIfDone() {
        if (phase == Phase.RUNNING && progress.isWhole()) {
            write(JobState.COMPLETED);
        } else if (phase == Phase.STOPPING && inFlight.isEmpty()) {
            write(end);
        }
    }

    private void write(JobState as) {
        phase = Phase.WRITING;
        end = as;
        Job.Counts reached = counts();
        work.begin(() -> {
            notes.sync();
            return ending.finish(as, reached) ? this::drop : this::giveBack;
        });
    }

    /** Lets go of the lease, so that the job is taken again as it is now. */
    private void giveBack() {
        drop();
        desk.store().change(session -> session.jobs().giveBack(job.id(), job.lease()));
    }

    /** Of a job that was dropped. */
    void giveBack(JobTable jobs) throws SQLException {
        jobs.giveBack(job.id(), job.lease());
    }

    /** Nothing of it is done here any more. */
    void drop() {
        phase = Phase.GONE;
        List.copyOf(inFlight.values()).forEach(flight -> flight.sent().cancel());
        inFlight.clear();
        if (watch != null) {
            watch.close();
        }
        if (pending != null) {
            pending.close();
        }
        notes.close();
        desk.look();
    }
}

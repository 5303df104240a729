package dev.foretoken.batch.job;

import dev.foretoken.batch.store.BatchStore;
import dev.foretoken.batch.store.Job;
import dev.foretoken.batch.store.JobState;
import dev.foretoken.batch.store.JobTable;
import dev.foretoken.contract.ForetokenException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes jobs, sends their requests in turns, and ends them. One thread calls it but for {@link #lookSoon}. Its mail is bounded by what is in
 * flight and by the jobs held.
 */
final class JobLoop {

    /** Of a process that has gone: after it others take its jobs. */
    static final Duration LEASE = Duration.ofSeconds(30);
    /** How often the database is asked what is new. */
    static final Duration LOOK = Duration.ofSeconds(1);

    private static final System.Logger LOG = System.getLogger(JobLoop.class.getName());
    private static final Duration TIDY = Duration.ofHours(1);
    private static final int MOST_HELD = 64;
    private static final int MOST_HELD_OF_TENANT = 4;
    /** Beyond those: jobs that only end. */
    private static final int MOST_ENDING = 16;

    private static final int MOST_SEEN = 10_000;

    private final JobDesk desk;
    private final String owner;
    private final BlockingQueue<Runnable> mail = new LinkedBlockingQueue<>();
    private final Map<String, HeldJob> held = new LinkedHashMap<>();
    private long nextLook;
    private long nextTidy;

    /**
     * @param tasks run what takes long
     * @param owner a name that no other process has
     */
    JobLoop(
            BatchStore store,
            JobLimits limits,
            JobTransport transport,
            JobDesk.Clocks clocks,
            JobMetrics metrics,
            Executor tasks,
            String owner) {
        this.desk = new JobDesk(
                store,
                limits,
                transport,
                clocks,
                metrics,
                tasks,
                mail::add,
                this::lookSoon,
                new Semaphore(JobDesk.MOST_UNREAD));
        this.owner = owner;
        this.nextLook = desk.nanos();
        this.nextTidy = nextLook;
    }

    /** Any thread. */
    void lookSoon() {
        mail.add(() -> nextLook = desk.nanos());
    }

    /** Does all that is due, and returns. */
    void turn() {
        for (Runnable work = mail.poll(); work != null; work = mail.poll()) {
            work.run();
        }
        held.values().removeIf(HeldJob::isGone);
        if (desk.nanos() - nextLook >= 0) {
            nextLook = desk.nanos() + LOOK.toNanos();
            patiently(this::look);
        }
        if (desk.nanos() - nextTidy >= 0) {
            nextTidy = desk.nanos() + TIDY.toNanos();
            desk.tasks().execute(() -> patiently(this::tidy));
        }
        Instant now = desk.now();
        held.values().forEach(job -> job.tick(now));
        send();
        held.values().removeIf(HeldJob::isGone);
    }

    /** Waits for work, at most until the next look. */
    void await() throws InterruptedException {
        Runnable work = mail.poll(Math.max(0, nextLook - desk.nanos()), TimeUnit.NANOSECONDS);
        if (work != null) {
            work.run();
        }
    }

    /** A database that does not answer is asked again. */
    private static void patiently(Runnable work) {
        try {
            work.run();
        } catch (ForetokenException e) {
            LOG.log(System.Logger.Level.WARNING, "batches wait for their database or folder: " + e.getMessage());
        }
    }

    private void look() {
        beat();
        List<Job> open = desk.store().read(session -> session.jobs().open(MOST_SEEN));
        tell(open, desk.now());
        for (Job job : open) {
            HeldJob mine = held.get(job.id());
            if (mine == null) {
                take(job);
            } else if (job.state() == JobState.CANCELLING) {
                mine.cancelled();
            }
        }
    }

    private void tell(List<Job> open, Instant now) {
        Map<JobState, Integer> states = new EnumMap<>(JobState.class);
        open.forEach(job -> states.merge(job.state(), 1, Integer::sum));
        Duration oldest = open.stream()
                .filter(job -> isFree(job, now))
                .map(job -> Duration.between(job.order().created(), now))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
        desk.metrics().open(states, oldest);
    }

    private static boolean isFree(Job job, Instant now) {
        return job.lease().owner().isEmpty() || !now.isBefore(job.lease().until());
    }

    private void beat() {
        Instant until = desk.now().plus(LEASE);
        List<HeldJob> due =
                held.values().stream().filter(job -> job.wantsBeat(until)).toList();
        if (due.isEmpty()) {
            return;
        }
        List<HeldJob> lost = desk.store().change(session -> {
            List<HeldJob> others = new ArrayList<>();
            for (HeldJob job : due) {
                if (!session.jobs().beat(job.id(), job.leaseUntil(until), job.counts())) {
                    others.add(job);
                }
            }
            return others;
        });
        lost.forEach(HeldJob::drop);
        due.stream().filter(job -> !job.isGone()).forEach(job -> job.beaten(until));
    }

    private void take(Job job) {
        Instant now = desk.now();
        if (!isFree(job, now) || !hasPlace(job, now)) {
            return;
        }
        Optional<Job> taken = desk.store().change(session -> taken(session.jobs(), job, now));
        taken.ifPresent(mine -> {
            HeldJob begun = new HeldJob(desk, mine);
            held.put(mine.id(), begun);
            begun.begin();
        });
    }

    /** A job that is cancelled, or whose time is over, does not wait for those that run. */
    private boolean hasPlace(Job job, Instant now) {
        boolean ends =
                job.state() == JobState.CANCELLING || !now.isBefore(job.order().expires());
        return ends
                ? held.size() < MOST_HELD + MOST_ENDING
                : held.size() < MOST_HELD && heldOf(job.tenant()) < MOST_HELD_OF_TENANT;
    }

    private Optional<Job> taken(JobTable jobs, Job job, Instant now) throws SQLException {
        return jobs.take(job, owner, now, now.plus(LEASE)) ? jobs.find(job.id()) : Optional.empty();
    }

    private long heldOf(String tenant) {
        return held.values().stream().filter(job -> job.tenant().equals(tenant)).count();
    }

    private void send() {
        for (HeldJob job : held.values()) {
            while (job.putsAnsweredFirst()) {
                job.sendNext(); // which needs no place
            }
        }
        for (HeldJob next = next(); next != null && mayRunBesideOthers(next); next = next()) {
            next.sendNext();
        }
    }

    private boolean mayRunBesideOthers(HeldJob next) {
        return next.isNextSuspected()
                ? held.values().stream().allMatch(job -> job.inFlight() == 0)
                : held.values().stream().noneMatch(HeldJob::runsSuspected);
    }

    /** Of the tenant with the least in flight, that job which has least; the older where they are equal. */
    private @Nullable HeldJob next() {
        if (desk.transport().room() <= 0) {
            return null;
        }
        return held.values().stream()
                .filter(job -> desk.transport().takes(job.tenant()) && job.hasNext())
                .min(Comparator.comparingInt((HeldJob job) -> inFlightOf(job.tenant()))
                        .thenComparingInt(HeldJob::inFlight))
                .orElse(null);
    }

    private int inFlightOf(String tenant) {
        return held.values().stream()
                .filter(job -> job.tenant().equals(tenant))
                .mapToInt(HeldJob::inFlight)
                .sum();
    }

    private void tidy() {
        Instant now = desk.now();
        BatchStore store = desk.store();
        List<String> over = store.read(session -> session.files().over(now, MOST_SEEN));
        store.change(session -> {
            for (String id : over) {
                session.files().remove(id);
            }
            return session.jobs().forget(now.minus(desk.limits().jobLife()));
        });
        over.forEach(store::removeBytes);
        store.sweep(now, TIDY);
    }

    /** Gives all jobs back, for others or for the next start. */
    void close() {
        List<HeldJob> all = held.values().stream().filter(job -> !job.isGone()).toList();
        all.forEach(HeldJob::drop);
        held.clear();
        patiently(() -> desk.store().<@Nullable Void>change(session -> {
            for (HeldJob job : all) {
                job.giveBack(session.jobs());
            }
            return null;
        }));
    }
}

package dev.foretoken.registry.transfer;

import dev.foretoken.contract.ConfigCheck;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Pulls that were asked for, done one after the other. Nothing of it survives a restart; what had come by then does, for the next pull of the
 * same address. For any thread.
 */
public final class PullQueue implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(PullQueue.class.getName());
    private static final Duration LATER = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Pulling pulling;
    private final Limits limits;
    private final InstantSource wall;
    private final Supplier<String> ids;
    private final ThreadFactory threads;
    /** Oldest first. */
    private final Map<String, PullEntry> entries = new LinkedHashMap<>();

    private @Nullable Thread worker;
    private boolean closed;

    /**
     * How much is kept.
     *
     * @param waiting pulls that have not begun
     * @param remembered pulls altogether: the oldest that are over are forgotten
     */
    public record Limits(int waiting, int remembered) {

        public static final Limits DEFAULT = new Limits(16, 200);

        /** @throws ForetokenException CONFIG_INVALID */
        public Limits {
            ConfigCheck.requireRange("pulls.waiting", waiting, 1, 1024);
            ConfigCheck.requireRange("pulls.remembered", remembered, waiting + 1, 1 << 16);
        }
    }

    /**
     * @param ids makes names that cannot be guessed
     * @param threads makes the one that pulls
     */
    public PullQueue(Pulling pulling, Limits limits, InstantSource wall, Supplier<String> ids, ThreadFactory threads) {
        this.pulling = pulling;
        this.limits = limits;
        this.wall = wall;
        this.ids = ids;
        this.threads = threads;
    }

    /**
     * Queues a pull.
     *
     * @throws ForetokenException INVALID_REQUEST for a name or an address that cannot be, QUEUE_FULL, DRAINING after the end
     */
    public PullStatus submit(String model, String address) {
        String shown = pulling.check(model, address);
        synchronized (entries) {
            if (closed) {
                throw new ForetokenException(ErrorCode.DRAINING, "this server ends; pull from another, or later");
            }
            long waiting = entries.values().stream().filter(PullEntry::isQueued).count();
            if (waiting >= limits.waiting()) {
                throw new ForetokenException(
                                ErrorCode.QUEUE_FULL,
                                waiting + " pulls wait, the most this server takes; cancel one or ask again later")
                        .withRetryAfter(LATER);
            }
            PullEntry entry = new PullEntry(ids.get(), model, address, shown, wall);
            entries.put(entry.id(), entry);
            forget();
            if (worker == null) {
                worker = threads.newThread(this::work);
                worker.start();
            }
            return entry.status();
        }
    }

    private void forget() {
        List<PullEntry> over =
                entries.values().stream().filter(PullEntry::isOver).toList();
        int most = Math.max(0, entries.size() - limits.remembered());
        over.stream().limit(most).forEach(entry -> entries.remove(entry.id()));
    }

    /** Newest first. */
    public List<PullStatus> newest() {
        synchronized (entries) {
            return new ArrayList<>(entries.values())
                    .reversed().stream().map(PullEntry::status).toList();
        }
    }

    /** @throws ForetokenException JOB_NOT_FOUND */
    public PullStatus find(String id) {
        return entry(id).status();
    }

    /**
     * Ends a pull: at once when it waits, and soon when it runs. What has become a version, or is over, stays as it is.
     *
     * @throws ForetokenException JOB_NOT_FOUND
     */
    public PullStatus cancel(String id) {
        PullEntry entry = entry(id);
        entry.cancel();
        return entry.status();
    }

    private PullEntry entry(String id) {
        synchronized (entries) {
            return Optional.ofNullable(entries.get(id))
                    .orElseThrow(() -> new ForetokenException(
                            ErrorCode.JOB_NOT_FOUND,
                            "there is no such pull here, or no more; what it made is among the versions"));
        }
    }

    private void work() {
        for (Optional<PullEntry> next = next(); next.isPresent(); next = next()) {
            try {
                next.get().run(pulling);
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.ERROR, "a pull failed", e);
            }
            // A cancel of the last one is none of the next.
            Thread.interrupted();
        }
    }

    private Optional<PullEntry> next() {
        synchronized (entries) {
            Optional<PullEntry> next =
                    entries.values().stream().filter(PullEntry::isQueued).findFirst();
            if (next.isEmpty()) {
                worker = null;
            }
            return next;
        }
    }

    /** Cancels everything and waits, not for ever, until the one that runs has stopped. */
    @Override
    public void close() {
        Thread running;
        synchronized (entries) {
            closed = true;
            entries.values().forEach(PullEntry::cancel);
            running = worker;
        }
        try {
            if (running != null && !running.join(PATIENCE)) {
                LOG.log(System.Logger.Level.WARNING, "a pull does not stop: it is left to end with the process");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

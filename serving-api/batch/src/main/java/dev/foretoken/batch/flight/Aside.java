package dev.foretoken.batch.flight;

import dev.foretoken.batch.BatchRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Requests that wait for something else than room in an engine, such as a model or their tenant's share. They keep their places among all that are
 * held, so those without a deadline wait no longer than is stated. Where all of them have more than half of the places, or of the bytes, they are a
 * crowd, and those of a tenant and model with no less than others have on average wait less long. Any thread.
 */
public final class Aside {

    private record Kind(Optional<String> tenant, String model) {}

    private record Size(int requests, long bytes) {
        static final Size NONE = new Size(0, 0);

        Size plus(int count, long more) {
            return new Size(requests + count, bytes + more);
        }

        /** Whether it is no less than an even part, of so many, of requests or of bytes. */
        boolean isShareOf(Size all, int parts, boolean byBytes) {
            return byBytes ? bytes * parts >= all.bytes : (long) requests * parts >= all.requests;
        }
    }

    private final AsideConfig config;
    private final Waited waited;
    private final LongSupplier nanoTime;
    private final Map<Kind, Size> sizes = new HashMap<>();
    private Size all = Size.NONE;

    /**
     * Without any.
     *
     * @param waited outlives it
     * @param nanoTime monotonic, as {@link System#nanoTime}
     */
    public Aside(AsideConfig config, Waited waited, LongSupplier nanoTime) {
        this.config = config;
        this.waited = waited;
        this.nanoTime = nanoTime;
    }

    /** How many wait. */
    public synchronized int waiting() {
        return all.requests();
    }

    /** One request's pauses. */
    public Pauses of(BatchRequest request) {
        return new Pauses(request);
    }

    private synchronized void add(Kind kind, int count, long bytes) {
        all = all.plus(count, bytes);
        Size size = sizes.getOrDefault(kind, Size.NONE).plus(count, bytes);
        if (size.requests() == 0) {
            sizes.remove(kind);
        } else {
            sizes.put(kind, size);
        }
    }

    /** Whether one more of this kind is in a crowd, and of those that make it one. */
    private synchronized boolean isCrowd(Kind kind, long bytes) {
        Size own = sizes.getOrDefault(kind, Size.NONE).plus(1, bytes);
        Size total = all.plus(1, bytes);
        int kinds = sizes.size() + (sizes.containsKey(kind) ? 0 : 1);
        return (total.requests() > config.places() / 2 && own.isShareOf(total, kinds, false))
                || (total.bytes() > config.bytes() / 2 && own.isShareOf(total, kinds, true));
    }

    /** Of one request. One thread. */
    public final class Pauses {

        private final BatchRequest request;
        private final Kind kind;
        private Duration total;
        private Duration pause = Duration.ZERO;
        private long pausedAt;

        private Pauses(BatchRequest request) {
            this.request = request;
            this.kind = new Kind(request.tenant(), PrefixOrder.model(request));
            this.total = waited.take(request.id());
        }

        /** Whether this request, which does not wait now, is to wait no more. */
        public boolean areOver() {
            if (request.deadline().isPresent()) {
                return false;
            }
            Duration most = isCrowd(kind, request.body().length) ? config.crowded() : config.longest();
            return total.compareTo(most) >= 0;
        }

        /** It waits from now on, at most for so long. */
        public void begin(Duration longest) {
            pause = longest;
            pausedAt = nanoTime.getAsLong();
            add(kind, 1, request.body().length);
        }

        /** It waits no more; of a pause that was broken off only what is over counts. */
        public void end() {
            Duration paused = Duration.ofNanos(nanoTime.getAsLong() - pausedAt);
            total = total.plus(paused.compareTo(pause) < 0 ? paused : pause);
            add(kind, -1, -request.body().length);
        }

        /** It may come again: it was given up, or has an answer that the broker may never get. */
        public void keep() {
            waited.keep(request.id(), total);
        }

        /** The broker has its answer. */
        public void forget() {
            waited.take(request.id());
        }
    }
}

package dev.foretoken.batch.flight;

import dev.foretoken.batch.BatchRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Requests that wait for something else than room in an engine, such as a model or their tenant's share. They keep their places among all that are
 * held, so those without a deadline wait no longer than is stated, and less long while those of one tenant and model are a crowd: with more than half
 * of all places, or of all bytes. Any thread.
 */
public final class Aside {

    private record Kind(Optional<String> tenant, String model) {}

    private record Size(int requests, long bytes) {
        static final Size NONE = new Size(0, 0);

        Size plus(int count, long more) {
            return new Size(requests + count, bytes + more);
        }
    }

    private final AsideConfig config;
    private final Map<Kind, Size> sizes = new HashMap<>();
    private int waiting;

    public Aside(AsideConfig config) {
        this.config = config;
    }

    /** How many wait. */
    public synchronized int waiting() {
        return waiting;
    }

    /** One request's pauses. */
    public Pauses of(BatchRequest request) {
        return new Pauses(request);
    }

    private synchronized void add(Kind kind, int count, long bytes) {
        waiting += count;
        Size size = sizes.getOrDefault(kind, Size.NONE).plus(count, bytes);
        if (size.requests() == 0) {
            sizes.remove(kind);
        } else {
            sizes.put(kind, size);
        }
    }

    private synchronized boolean isCrowd(Kind kind, long bytes) {
        Size size = sizes.getOrDefault(kind, Size.NONE).plus(1, bytes);
        return size.requests() > config.places() / 2 || size.bytes() > config.bytes() / 2;
    }

    /** Of one request. One thread. */
    public final class Pauses {

        private final BatchRequest request;
        private final Kind kind;
        private Duration total = Duration.ZERO;

        private Pauses(BatchRequest request) {
            this.request = request;
            this.kind = new Kind(request.tenant(), PrefixOrder.model(request));
        }

        /** Whether this request, which does not wait now, is to wait no more. */
        public boolean areOver() {
            if (request.deadline().isPresent()) {
                return false;
            }
            Duration most = isCrowd(kind, request.body().length) ? config.crowded() : config.longest();
            return total.compareTo(most) >= 0;
        }

        /** It waits from now on, for so long. */
        public void begin(Duration pause) {
            total = total.plus(pause);
            add(kind, 1, request.body().length);
        }

        /** It waits no more. */
        public void end() {
            add(kind, -1, -request.body().length);
        }
    }
}

package dev.foretoken.batch.job.topic;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Who waits for which answer. Bounded by who adds, who asks for {@link #room} first. Any thread. */
final class Flights {

    /** Enough for many workers. What is sent is run even if nobody wants it any more, so that this is what a cancelled job may still cost. */
    private static final int MOST = 4096;

    private static final long MOST_BYTES = 128 << 20;

    private final Map<String, Flight> inFlight = new ConcurrentHashMap<>();
    private final Map<String, BiConsumer<String, BatchAnswer>> watches = new ConcurrentHashMap<>();
    private final Map<String, Load> tenants = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();

    /** How long an answer is waited for before its request is sent again; then twice as long, and so on. */
    private static final long FIRST_WAIT = Duration.ofMinutes(30).toNanos();

    private static final int MOST_DOUBLINGS = 10;

    private record Flight(BatchRequest request, Consumer<Optional<BatchAnswer>> answered, Sending sending) {
        long bytes() {
            return request.body().length;
        }

        String tenant() {
            return request.tenant().orElse("");
        }

        Load load() {
            return new Load(1, bytes());
        }
    }

    /** What a tenant has in flight. */
    private record Load(int requests, long bytes) {
        static final Load NONE = new Load(0, 0);

        Load plus(Load more) {
            return new Load(requests + more.requests, bytes + more.bytes);
        }

        @Nullable
        Load minus(Load less) {
            return requests == less.requests ? null : new Load(requests - less.requests, bytes - less.bytes);
        }
    }

    /** How often, and when next. */
    private static final class Sending {
        private int times;
        private long next;

        synchronized boolean isDue(long now) {
            return times == 0 || now - next >= 0;
        }

        synchronized boolean isOverdue(long now) {
            return times > 0 && isDue(now);
        }

        synchronized boolean begin(long now) {
            boolean isDue = isDue(now);
            if (isDue) {
                next = now + (FIRST_WAIT << Math.min(times, MOST_DOUBLINGS));
                times++;
            }
            return isDue;
        }
    }

    /** @param answered is told once */
    void add(BatchRequest request, Consumer<Optional<BatchAnswer>> answered) {
        Flight flight = new Flight(request, answered, new Sending());
        count(flight);
        if (inFlight.putIfAbsent(request.id(), flight) != null) {
            discount(flight);
            throw new IllegalStateException(request.id() + " is in flight already");
        }
    }

    private void count(Flight flight) {
        bytes.addAndGet(flight.bytes());
        tenants.merge(flight.tenant(), flight.load(), Load::plus);
    }

    private void discount(Flight flight) {
        bytes.addAndGet(-flight.bytes());
        tenants.computeIfPresent(flight.tenant(), (tenant, all) -> all.minus(flight.load()));
    }

    /**
     * The request, where it is to be sent now: somebody waits for its answer, and has for long where it was sent before.
     *
     * @param now monotonic, in nanoseconds
     */
    Optional<BatchRequest> toSend(String id, long now) {
        return Optional.ofNullable(inFlight.get(id))
                .filter(flight -> flight.sending().begin(now))
                .map(Flight::request);
    }

    /** Ids of requests that were sent and have waited too long for their answers. */
    List<String> overdue(long now) {
        return inFlight.entrySet().stream()
                .filter(flight -> flight.getValue().sending().isOverdue(now))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Tells whoever sent it; false where nobody here did, or was told before. */
    boolean end(String id, Optional<BatchAnswer> answer) {
        Flight flight = inFlight.remove(id);
        if (flight == null) {
            return false;
        }
        discount(flight);
        flight.answered().accept(answer);
        return true;
    }

    void watch(String job, BiConsumer<String, BatchAnswer> found) {
        watches.put(job, found);
    }

    void unwatch(String job) {
        watches.remove(job);
    }

    /** Whether anybody wants answers to this id. */
    boolean isWanted(String id) {
        return inFlight.containsKey(id) || watch(id) != null;
    }

    /** An answer has come. */
    void answered(String id, BatchAnswer answer) {
        if (!end(id, Optional.of(answer))) {
            BiConsumer<String, BatchAnswer> found = watch(id);
            if (found != null) {
                found.accept(id, answer);
            }
        }
    }

    /** Ids of a job's requests begin with its own and an underscore, which may be in either. */
    private @Nullable BiConsumer<String, BatchAnswer> watch(String id) {
        for (int end = id.lastIndexOf('_'); end > 0; end = id.lastIndexOf('_', end - 1)) {
            BiConsumer<String, BatchAnswer> found = watches.get(id.substring(0, end));
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    int size() {
        return inFlight.size();
    }

    /** How many more there may be. */
    int room() {
        return bytes.get() >= MOST_BYTES ? 0 : MOST - size();
    }

    /**
     * Whether the tenant has less in flight than is free. One alone gets half of all that way, two a third each, and so on. Who comes later finds half
     * of what is free, and as much as the others once their first ones are answered.
     */
    boolean takes(String tenant) {
        Load load = tenants.getOrDefault(tenant, Load.NONE);
        return load.requests() < MOST - size() && load.bytes() < MOST_BYTES - bytes.get();
    }
}

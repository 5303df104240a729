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

/** Who waits for which answer. Any thread. */
final class Flights {

    private final Map<String, Flight> inFlight = new ConcurrentHashMap<>();
    private final Map<String, BiConsumer<String, BatchAnswer>> watches = new ConcurrentHashMap<>();
    private final AtomicLong bytes = new AtomicLong();

    /** How long an answer is waited for before its request is sent again; then twice as long, and so on. */
    private static final long FIRST_WAIT = Duration.ofMinutes(30).toNanos();

    private static final int MOST_DOUBLINGS = 10;

    private record Flight(BatchRequest request, Consumer<Optional<BatchAnswer>> answered, Sending sending) {
        long bytes() {
            return request.body().length;
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
        bytes.addAndGet(flight.bytes());
        if (inFlight.putIfAbsent(request.id(), flight) != null) {
            bytes.addAndGet(-flight.bytes());
            throw new IllegalStateException(request.id() + " is in flight already");
        }
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
        bytes.addAndGet(-flight.bytes());
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

    /** Of the requests in flight. */
    long bytes() {
        return bytes.get();
    }
}

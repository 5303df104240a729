package dev.foretoken.batch.job.topic;

import dev.foretoken.batch.BatchAnswer;
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

    private record Flight(long bytes, Consumer<Optional<BatchAnswer>> answered) {}

    /** @param answered is told once */
    void add(String id, long requestBytes, Consumer<Optional<BatchAnswer>> answered) {
        bytes.addAndGet(requestBytes);
        if (inFlight.putIfAbsent(id, new Flight(requestBytes, answered)) != null) {
            bytes.addAndGet(-requestBytes);
            throw new IllegalStateException(id + " is in flight already");
        }
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

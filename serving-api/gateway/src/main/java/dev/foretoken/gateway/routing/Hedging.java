package dev.foretoken.gateway.routing;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Priority;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/**
 * Whether requests whose engine is slow go to a second one, too. Off unless a time is set. A request of the lowest class is in no hurry, one
 * whose time is nearly over would not be answered by a second engine either, and a tenant pays for two requests with two of its places.
 */
public final class Hedging {

    private final Duration after;
    private final ThreadFactory threads;
    private final SecondPlaces places;
    private final HedgeBudget budget = new HedgeBudget();

    /** Where a second request of a tenant is counted while both are under way. */
    @FunctionalInterface
    public interface SecondPlaces {
        /** @throws ForetokenException where the tenant's limits allow no more */
        Place take(String tenant);
    }

    /** To be closed when one of the two is left. */
    @FunctionalInterface
    public interface Place extends AutoCloseable {
        @Override
        void close();
    }

    Hedging(Duration after, ThreadFactory threads, SecondPlaces places) {
        this.after = after;
        this.threads = threads;
        this.places = places;
    }

    ThreadFactory threads() {
        return threads;
    }

    /** A request has come. Returns whether it may be hedged. */
    boolean concerns(GenerationRequest request) {
        if (after.isZero()) {
            return false;
        }
        budget.request();
        Optional<Duration> timeout = request.service().timeout();
        boolean hurried = timeout.isPresent() && timeout.get().compareTo(after.multipliedBy(2)) < 0;
        return !hurried && request.service().priority() != Priority.BATCH;
    }

    /** Nanoseconds from {@code now} until a request that was sent at {@code sentAt} is late; not positive = it is. */
    long dueIn(long sentAt, long now) {
        return after.toNanos() - (now - sentAt);
    }

    /** A hedge's place; empty where there is none left, for all or for the tenant. */
    Optional<Place> place(String tenant) {
        try {
            Place place = places.take(tenant);
            if (budget.take()) {
                return Optional.of(place);
            }
            place.close();
        } catch (ForetokenException e) {
            return Optional.empty();
        }
        return Optional.empty();
    }
}

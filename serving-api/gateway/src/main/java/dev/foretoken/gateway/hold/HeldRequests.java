package dev.foretoken.gateway.hold;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.fairness.TenantPlaces;
import dev.foretoken.contract.telemetry.Counter;
import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.gateway.tenant.Tenant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * Requests that wait until an engine can answer their model. While there are any, one thread looks some times a second; those of a model are let
 * go together, in the order in which they came. How many of each tenant may wait is {@link TenantPlaces}. Any thread may call it.
 */
public final class HeldRequests implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(HeldRequests.class);

    private static final Duration LOOK_EVERY = Duration.ofMillis(50);
    /** Who waits looks at the time too, should nobody else: this much later. */
    private static final Duration SPARE = LOOK_EVERY.multipliedBy(20);
    /** Where no pod of a model has come yet: they take at least so long. */
    private static final Duration USUAL_RETRY = Duration.ofSeconds(5);

    private static final Duration SHORTEST_RETRY = Duration.ofSeconds(1);
    private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

    private static final Metric HELD =
            Metric.of("foretoken_held_requests", "Requests that wait for a pod of their model", "model");
    private static final Metric ENDED = Metric.of(
            "foretoken_holds_total",
            "Requests that have waited for a pod of their model, by how that ended: sent, expired, left, refused",
            "outcome");

    private enum Outcome {
        SENT,
        EXPIRED,
        LEFT,
        REFUSED,
        ;

        private String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final HoldLimits limits;
    private final Predicate<String> answered;
    private final Telemetry telemetry;
    private final LongSupplier nanoClock;
    private final ThreadFactory threads;
    private final Map<Outcome, Counter> ended = new HashMap<>();
    private final Map<String, Set<Place>> held = new HashMap<>();
    /** Nanoseconds that the first who waited did so before pods of its model came last. */
    private final Map<String, Long> came = new HashMap<>();

    private final TenantPlaces places;
    /** Models of which it could not be said whether they are answered: said once of each. Of the thread that looks. */
    private final Set<String> unknown = new HashSet<>();

    private boolean watched;
    private boolean closed;

    /**
     * @param answered whether a request for the model of that name would find an engine, or be refused for good
     * @param nanoClock monotonic, as {@link System#nanoTime}
     * @param threads of the one that looks while something is held
     */
    public HeldRequests(
            HoldLimits limits,
            Predicate<String> answered,
            Telemetry telemetry,
            LongSupplier nanoClock,
            ThreadFactory threads) {
        this.limits = limits;
        this.places = new TenantPlaces(limits.most());
        this.answered = answered;
        this.telemetry = telemetry;
        this.nanoClock = nanoClock;
        this.threads = threads;
        if (limits.isOn()) {
            for (Outcome outcome : Outcome.values()) {
                ended.put(outcome, telemetry.counter(ENDED, outcome.text()));
            }
        }
    }

    public boolean isOn() {
        return limits.isOn();
    }

    /** One request that waits. */
    public final class Place implements AutoCloseable {

        private final String model;
        private final String tenant;
        private final long since;
        private final long until;
        private final ErrorCode late;
        private final CompletableFuture<Outcome> over = new CompletableFuture<>();

        private Place(String model, String tenant, Duration longest, ErrorCode late) {
            this.model = model;
            this.tenant = tenant;
            this.since = nanoClock.getAsLong();
            this.until = since + longest.toNanos();
            this.late = late;
        }

        /**
         * Returns once an engine can answer.
         *
         * @throws ForetokenException REPLICA_UNAVAILABLE after the longest time, DEADLINE_EXCEEDED when the request's own was shorter, CANCELLED
         *     when the caller has left, DRAINING when the gateway ends
         */
        public void await() throws InterruptedException {
            try {
                switch (outcome()) {
                    case SENT -> {
                        // An engine is there.
                    }
                    case EXPIRED -> throw expired();
                    case LEFT -> throw new ForetokenException(ErrorCode.CANCELLED, "the caller has left");
                    case REFUSED ->
                        throw new ForetokenException(
                                        ErrorCode.DRAINING, "this server is shutting down; send to another one")
                                .withRetryAfter(Duration.ofSeconds(1));
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException("a place ends with an outcome", e);
            }
        }

        private Outcome outcome() throws InterruptedException, ExecutionException {
            long left = until - nanoClock.getAsLong() + SPARE.toNanos();
            try {
                return over.get(Math.max(0, left), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                end(this, Outcome.EXPIRED);
                return over.get(); // Another outcome that was sooner is about to be there.
            }
        }

        private ForetokenException expired() {
            return new ForetokenException(
                            late,
                            late == ErrorCode.DEADLINE_EXCEEDED
                                    ? "no runtime pod of model '" + model + "' was there within the request's time"
                                    : "no runtime pod of model '" + model + "' was there within "
                                            + limits.longest().toSeconds() + " s; try again later")
                    .withRetryAfter(retryAfter(model));
        }

        /** The caller is gone. */
        public void leave() {
            end(this, Outcome.LEFT);
        }

        @Override
        public void close() {
            leave();
        }
    }

    /**
     * Takes a place, which its owner closes.
     *
     * @param timeLeft of the request; empty: it waits as long as the limits say
     * @throws ForetokenException QUEUE_FULL or SHARE_FULL when too many of the tenant wait; DRAINING
     */
    public Place hold(String model, Tenant tenant, Optional<Duration> timeLeft) {
        boolean own = timeLeft.isPresent() && timeLeft.get().compareTo(limits.longest()) < 0;
        Place place = new Place(
                model,
                tenant.id(),
                own ? timeLeft.get() : limits.longest(),
                own ? ErrorCode.DEADLINE_EXCEEDED : ErrorCode.REPLICA_UNAVAILABLE);
        synchronized (this) {
            if (closed || !places.take(tenant.id(), tenant.weight(), 1)) {
                count(Outcome.REFUSED);
                throw closed
                        ? new ForetokenException(ErrorCode.DRAINING, "this server is shutting down")
                                .withRetryAfter(Duration.ofSeconds(1))
                        : full(model, tenant.id());
            }
            held.computeIfAbsent(model, this::measured).add(place);
            watch();
        }
        return place;
    }

    private ForetokenException full(String model, String tenant) {
        long own = places.taken(tenant);
        String who = own == 0 ? "as many requests as may" : own + " requests of this tenant, its share now,";
        return new ForetokenException(places.refusal(tenant, 1), who + " wait for runtime pods already; retry later")
                .withRetryAfter(retryAfter(model));
    }

    /** What is left of the time that pods of the model took to come last, since somebody waits for them. */
    private synchronized Duration retryAfter(String model) {
        long waited = held.getOrDefault(model, Set.of()).stream()
                .mapToLong(place -> nanoClock.getAsLong() - place.since)
                .max()
                .orElse(0);
        long left = came.getOrDefault(model, USUAL_RETRY.toNanos()) - waited;
        return Duration.ofNanos(Math.clamp(left, SHORTEST_RETRY.toNanos(), LONGEST_RETRY.toNanos()));
    }

    /** A gauge for as long as this process runs: scalers look at it when nothing is held, too. */
    private Set<Place> measured(String model) {
        telemetry.gauge(HELD, () -> held(model), model);
        return new LinkedHashSet<>();
    }

    /** How many wait for a model. */
    public synchronized int held(String model) {
        return held.getOrDefault(model, Set.of()).size();
    }

    private void watch() {
        if (!watched) {
            watched = true;
            threads.newThread(this::watchWhileHeld).start();
        }
    }

    private void watchWhileHeld() {
        try {
            do {
                Thread.sleep(LOOK_EVERY);
                look();
            } while (!restsNow());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean restsNow() {
        watched = places.taken() > 0;
        return !watched;
    }

    /** Lets go of those whose model can be answered now, and of those whose time is over. */
    void look() {
        for (Map.Entry<String, List<Place>> waiting : waiting().entrySet()) {
            boolean there = isAnswered(waiting.getKey());
            if (there) {
                come(waiting.getKey(), waiting.getValue().getFirst());
            }
            for (Place place : waiting.getValue()) {
                if (there) {
                    end(place, Outcome.SENT);
                } else if (nanoClock.getAsLong() - place.until >= 0) {
                    end(place, Outcome.EXPIRED);
                }
            }
        }
    }

    private synchronized void come(String model, Place first) {
        came.put(model, nanoClock.getAsLong() - first.since);
    }

    /** What goes wrong with one model must not keep those of others, nor this one's time, from being looked at. */
    private boolean isAnswered(String model) {
        try {
            boolean there = answered.test(model);
            unknown.remove(model);
            return there;
        } catch (RuntimeException e) {
            if (unknown.add(model)) {
                LOG.errorf(e, "whether an engine can answer model '%s' is not known; requests wait on", model);
            }
            return false;
        }
    }

    private synchronized Map<String, List<Place>> waiting() {
        Map<String, List<Place>> waiting = new HashMap<>();
        held.forEach((model, places) -> {
            if (!places.isEmpty()) {
                waiting.put(model, List.copyOf(places));
            }
        });
        return waiting;
    }

    private void end(Place place, Outcome outcome) {
        synchronized (this) {
            if (!held.getOrDefault(place.model, Set.of()).remove(place)) {
                return;
            }
            places.leave(place.tenant, 1);
            count(outcome);
        }
        place.over.complete(outcome);
    }

    private void count(Outcome outcome) {
        Counter counter = ended.get(outcome);
        if (counter != null) {
            counter.increment();
        }
    }

    /** Nothing is held from now on: those who wait are told to go elsewhere. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        new ArrayList<>(waiting().values()).forEach(places -> places.forEach(place -> end(place, Outcome.REFUSED)));
    }
}

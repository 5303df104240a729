package dev.foretoken.gateway.routing;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.routing.decision.RouteDecision.Cause;
import dev.foretoken.routing.health.EndpointCall;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Finds engines for one request, each at most once, and submits it to them: as often as its limits allow, until its time is over. Used by one
 * thread at a time, but for what {@link #second} gives.
 */
final class EngineSearch {

    private static final Logger LOG = Logger.getLogger(EngineSearch.class);

    private final RoutedCalls calls;
    private final Errand errand;
    private final long openedAt;
    private final Set<String> tried = new HashSet<>();
    /** Not worth asking because another one is full. */
    private final Set<String> notInstead = new HashSet<>();

    private int asked;

    EngineSearch(RoutedCalls calls, Errand errand, long openedAt) {
        this.calls = calls;
        this.errand = errand;
        this.openedAt = openedAt;
    }

    ServedModel model() {
        return errand.model();
    }

    /** Whether the engine that was asked last is not the first. */
    boolean isRepeated() {
        return asked > 1;
    }

    /** @throws ForetokenException what the best engine refused with, when no other took the request */
    <T> T first(Errand.Sender<T> sender) {
        AskedRoute target = choose(Set.of(), Cause.REQUEST);
        try {
            return submit(target, sender);
        } catch (ForetokenException refusal) {
            if (!EngineFaults.isRecoverable(refusal.code())) {
                throw refusal;
            }
            Optional<T> other = another(refusal.code(), Cause.RETRY, endpoint -> true, sender);
            if (other.isEmpty()) {
                throw refusal;
            }
            calls.metrics().retried(refusal.code());
            return other.get();
        }
    }

    /**
     * Submits to engines that were not tried yet, until one takes the request.
     *
     * @param why the last one could not
     * @param sender of the request as another engine has to see it
     * @throws ForetokenException DEADLINE_EXCEEDED, or a refusal that every engine would give
     */
    <T> Optional<T> another(ErrorCode why, Cause cause, Predicate<EngineEndpoint> suits, Errand.Sender<T> sender) {
        ErrorCode reason = why;
        while (asked < calls.limits().attempts()) {
            Set<String> avoided = avoided(reason, suits);
            if (avoided == null) {
                return Optional.empty();
            }
            try {
                return Optional.of(submit(choose(avoided, cause), sender));
            } catch (ForetokenException refusal) {
                if (!EngineFaults.isRecoverable(refusal.code())) {
                    throw refusal;
                }
                reason = refusal.code();
            }
        }
        return Optional.empty();
    }

    /** Whether there is one more engine that could answer now. */
    boolean hasSecond() {
        return asked < calls.limits().attempts() && avoidedForSecond() != null;
    }

    private @Nullable Set<String> avoidedForSecond() {
        Set<String> open = calls.router().health().open();
        return avoided(ErrorCode.QUEUE_FULL, endpoint -> !open.contains(endpoint.name()));
    }

    /**
     * Chooses one more engine that could answer now; empty where there is none. What it gives submits to it, on any thread: empty where that engine
     * does not take it.
     */
    <T> Optional<Supplier<Optional<T>>> second(Errand.Sender<T> sender) {
        Set<String> avoided = avoidedForSecond();
        if (asked >= calls.limits().attempts() || avoided == null) {
            return Optional.empty();
        }
        try {
            AskedRoute target = choose(avoided, Cause.HEDGE);
            ask(target);
            return Optional.of(() -> submitIfTaken(target, sender));
        } catch (ForetokenException refusal) {
            LOG.debugf("request %s has no second engine: %s", errand.id(), refusal.getMessage());
            return Optional.empty();
        }
    }

    private <T> Optional<T> submitIfTaken(AskedRoute target, Errand.Sender<T> sender) {
        try {
            return Optional.of(send(target, sender));
        } catch (ForetokenException refusal) {
            LOG.debugf("request %s has no second engine: %s", errand.id(), refusal.getMessage());
            return Optional.empty();
        }
    }

    private AskedRoute choose(Set<String> avoided, Cause cause) {
        return AskedRoute.choose(calls.router(), new RouteQuery(model(), errand.work(), cause, avoided, errand.told()));
    }

    private <T> T submit(AskedRoute target, Errand.Sender<T> sender) {
        ask(target);
        return send(target, sender);
    }

    private void ask(AskedRoute target) {
        asked++;
        tried.add(target.route().chosen().name());
        LOG.debugf("request %s: %s", errand.id(), target.route().summary());
    }

    private <T> T send(AskedRoute target, Errand.Sender<T> sender) {
        Route route = target.route();
        long now = calls.now();
        EndpointCall call = target.call();
        try {
            return sender.send(new Errand.Sending(route, call, now, timeLeft(now)));
        } catch (ForetokenException refusal) {
            calls.router().records().refused(route.id(), refusal.code());
            if (refusal.code() == ErrorCode.QUEUE_FULL) {
                notInstead.addAll(calls.router().notInstead(route));
            }
            if (refusal.code() == ErrorCode.REPLICA_UNAVAILABLE) { // One that refuses in its own words is there.
                call.failed(calls.now());
            } else {
                call.released(calls.now());
            }
            throw refusal;
        } catch (RuntimeException e) {
            call.released(calls.now());
            throw e;
        }
    }

    private Optional<Duration> timeLeft(long now) {
        if (errand.timeout().isEmpty() || !isRepeated()) {
            return Optional.empty();
        }
        Duration whole = errand.timeout().get();
        Duration left = whole.minusNanos(now - openedAt);
        if (left.isNegative() || left.isZero()) {
            throw new ForetokenException(
                    ErrorCode.DEADLINE_EXCEEDED, "no engine took the request within " + whole.toMillis() + " ms");
        }
        return Optional.of(left);
    }

    /** All but the engines that can help; null where none can. */
    private @Nullable Set<String> avoided(ErrorCode why, Predicate<EngineEndpoint> suits) {
        List<EngineEndpoint> endpoints = model().endpoints();
        List<EngineEndpoint> able = endpoints.stream()
                .filter(endpoint -> !tried.contains(endpoint.name()) && suits.test(endpoint))
                .filter(endpoint -> why != ErrorCode.QUEUE_FULL || !notInstead.contains(endpoint.name()))
                .filter(endpoint -> canTake(endpoint, EngineFaults.isGone(why)))
                .toList();
        Set<String> avoided = new HashSet<>();
        endpoints.forEach(endpoint -> avoided.add(endpoint.name()));
        able.forEach(endpoint -> avoided.remove(endpoint.name()));
        return able.isEmpty() ? null : avoided;
    }

    private boolean canTake(EngineEndpoint endpoint, boolean loading) {
        return endpoint.info(model().engineModel())
                .filter(info -> info.state() == ModelState.READY ? hasAdapter(info) : loading && canLoad(info))
                .isPresent();
    }

    private boolean hasAdapter(ModelInfo info) {
        return model().adapter().map(info::hasAdapter).orElse(true);
    }

    private static boolean canLoad(ModelInfo info) {
        return info.state() == ModelState.AVAILABLE || info.state() == ModelState.LOADING;
    }
}

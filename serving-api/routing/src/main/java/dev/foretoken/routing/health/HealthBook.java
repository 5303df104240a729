package dev.foretoken.routing.health;

import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.Telemetry;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The health of every engine by name, until it is told to have left. Bounded: engines that nobody has asked for a while are forgotten when others
 * come.
 */
public final class HealthBook {

    private static final int MOST = 4096;
    private static final long FORGOTTEN_AFTER = Duration.ofMinutes(10).toNanos();
    private static final Metric OPEN = Metric.of(
            "foretoken_endpoint_breaker_open", "1 while requests are kept from an engine that failed.", "endpoint");
    private static final Metric SLOWNESS = Metric.of(
            "foretoken_endpoint_slowness_ratio", "Factor on the times of an engine that has just come.", "endpoint");

    private final HealthConfig config;
    private final Telemetry telemetry;
    private final LongSupplier nanoClock;
    private final Map<String, EndpointHealth> known = new ConcurrentHashMap<>();
    /** Those of {@link #known} whose breakers opened and may not have closed: one that is about to be tried is open again while it is. */
    private final Set<String> opened = ConcurrentHashMap.newKeySet();

    /** @param nanoClock monotonic; the clock of all times that are given */
    public HealthBook(HealthConfig config, Telemetry telemetry, LongSupplier nanoClock) {
        this.config = config;
        this.telemetry = telemetry;
        this.nanoClock = nanoClock;
    }

    /** One that is not known has just come. */
    public EndpointHealth of(String endpoint) {
        EndpointHealth there = known.get(endpoint);
        return there == null ? add(endpoint, nanoClock.getAsLong()) : there;
    }

    /** Those to which no request should go now. */
    public Set<String> open() {
        if (opened.isEmpty()) {
            return Set.of();
        }
        long now = nanoClock.getAsLong();
        Set<String> open = new HashSet<>();
        for (String endpoint : opened) {
            EndpointHealth health = known.get(endpoint);
            if (health == null || health.isClosed()) {
                opened.remove(endpoint);
                if (health != null && !health.isClosed()) {
                    opened.add(endpoint); // it opened between the two
                }
            } else if (health.isOpen(now)) {
                open.add(endpoint);
            }
        }
        return open;
    }

    /** It is gone for good: one that comes by its name is another. */
    public synchronized void leave(String endpoint) {
        if (known.remove(endpoint) != null) {
            opened.remove(endpoint);
            forgetGauges(endpoint);
        }
    }

    private synchronized EndpointHealth add(String endpoint, long now) {
        EndpointHealth there = known.get(endpoint);
        if (there != null) {
            return there;
        }
        EndpointHealth fresh = new EndpointHealth(config, now, () -> opened.add(endpoint));
        if (known.size() >= MOST) {
            forget(now);
        }
        if (known.size() < MOST) {
            known.put(endpoint, fresh);
            telemetry.gauge(OPEN, () -> fresh.isOpen(nanoClock.getAsLong()) ? 1 : 0, endpoint);
            telemetry.gauge(SLOWNESS, () -> fresh.slowness(nanoClock.getAsLong()), endpoint);
        }
        return fresh;
    }

    private void forget(long now) {
        known.entrySet().removeIf(entry -> {
            boolean gone = entry.getValue().isForgettable(now, FORGOTTEN_AFTER);
            if (gone) {
                forgetGauges(entry.getKey());
            }
            return gone;
        });
    }

    private void forgetGauges(String endpoint) {
        telemetry.removeGauge(OPEN, endpoint);
        telemetry.removeGauge(SLOWNESS, endpoint);
    }
}

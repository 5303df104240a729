package dev.foretoken.gateway.metrics;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.telemetry.Counter;
import dev.foretoken.contract.telemetry.Histogram;
import dev.foretoken.contract.telemetry.Metric;
import dev.foretoken.contract.telemetry.Telemetry;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the edge counts of each tenant beside its answers: who waits, what was refused to whom, and how long first tokens took. Tenants beyond
 * {@link #MOST} are counted together. Any thread may call it.
 */
public final class TenantMetrics {

    private static final Metric WAITING = Metric.of(
            "foretoken_tenant_requests_waiting",
            "Requests for generated text without a first token, and all that wait for a pod.",
            "tenant");
    private static final Metric REFUSALS = Metric.of(
            "foretoken_tenant_refusals_total",
            "Refusals with 429, of each try of a request of a batch too, by what had no room: limits, places, held, engines.",
            "tenant",
            "cause");
    private static final Metric FIRST_TOKEN = Metric.of(
            "foretoken_tenant_time_to_first_token_seconds",
            "From the arrival at the edge to the first token.",
            "tenant");

    /** How callers without a name are called. */
    static final String NOBODY = "anonymous";

    private static final String OTHERS = "other";

    private static final double[] BOUNDS = {0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80};
    private static final double NANOS = 1e9;

    /** Each has a series for every cause, and all of them have to fit into a family. */
    static final int MOST = SeriesLimit.MAX_SERIES / Cause.values().length - 1;

    private final Telemetry telemetry;
    private final Map<String, Series> series = new HashMap<>();

    /** Whose bound a request met. */
    public enum Cause {
        /** The limits of the tenant itself. */
        LIMITS,
        /** Its share of the requests that the edge works on. */
        PLACES,
        /** Its share of those that wait for a pod. */
        HELD,
        /** Its share of the queues of the engines that were asked. */
        ENGINES,
        ;

        private String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public TenantMetrics(Telemetry telemetry) {
        this.telemetry = telemetry;
    }

    /** Of one label value. */
    private final class Series {
        private final AtomicInteger waiting = new AtomicInteger();
        private final Histogram firstToken;
        private final Map<Cause, Counter> refusals = new EnumMap<>(Cause.class);

        private Series(String name) {
            telemetry.gauge(WAITING, waiting::get, name);
            this.firstToken = telemetry.histogram(FIRST_TOKEN, BOUNDS, name);
            for (Cause cause : Cause.values()) {
                refusals.put(cause, telemetry.counter(REFUSALS, name, cause.text()));
            }
        }
    }

    private Series of(String tenant) {
        String name = nameOf(tenant);
        synchronized (series) {
            boolean own = series.containsKey(name) || series.size() < MOST;
            return series.computeIfAbsent(own ? name : OTHERS, Series::new);
        }
    }

    static String nameOf(String tenant) {
        return tenant.isEmpty() ? NOBODY : tenant;
    }

    /** A request was refused: counted where that was for want of room at {@code full}, or by the limits of its tenant. */
    public void refused(String tenant, ErrorCode why, Cause full) {
        if (why == ErrorCode.RATE_LIMITED) {
            count(tenant, Cause.LIMITS);
        } else if (why == ErrorCode.QUEUE_FULL || why == ErrorCode.SHARE_FULL) {
            count(tenant, full);
        }
    }

    private void count(String tenant, Cause cause) {
        Counter counter = of(tenant).refusals.get(cause);
        if (counter != null) {
            counter.increment();
        }
    }

    /** A request of the tenant waits for its first token from now on. */
    public Wait waits(String tenant) {
        return new Wait(of(tenant));
    }

    /** One request that waits for its first token. */
    public static final class Wait implements AutoCloseable {

        private final Series of;
        private final AtomicBoolean over = new AtomicBoolean();

        private Wait(Series of) {
            this.of = of;
            of.waiting.incrementAndGet();
        }

        public void firstToken(long nanosSinceArrival) {
            of.firstToken.observe(nanosSinceArrival / NANOS);
            close();
        }

        /** It waits no longer, whatever came of it. More than once has no effect. */
        @Override
        public void close() {
            if (over.compareAndSet(false, true)) {
                of.waiting.decrementAndGet();
            }
        }
    }
}

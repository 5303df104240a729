package dev.foretoken.gateway.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.hotspot.BufferPoolsExports;
import io.prometheus.client.hotspot.ClassLoadingExports;
import io.prometheus.client.hotspot.GarbageCollectorExports;
import io.prometheus.client.hotspot.MemoryPoolsExports;
import io.prometheus.client.hotspot.StandardExports;
import io.prometheus.client.hotspot.VersionInfoExports;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The JVM's own metrics, read at most once a second: a gateway scrapes every 50 ms, and asking the JVM costs more than everything else on the
 * page. Thread counts come from here and not from the library, which looks for deadlocks at a safepoint each time.
 */
final class JvmMetrics extends Collector {

    private static final long FRESH_NANOS = 1_000_000_000L;

    private final LongSupplier nanoClock;
    private final List<Collector> collectors = List.of(
            new StandardExports(),
            new MemoryPoolsExports(),
            new BufferPoolsExports(),
            new GarbageCollectorExports(),
            new ClassLoadingExports(),
            new VersionInfoExports());
    private List<MetricFamilySamples> latest = List.of();
    private long readAt;

    JvmMetrics(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    @Override
    public synchronized List<MetricFamilySamples> collect() {
        long now = nanoClock.getAsLong();
        if (latest.isEmpty() || now - readAt >= FRESH_NANOS) {
            latest = read();
            readAt = now;
        }
        return latest;
    }

    private List<MetricFamilySamples> read() {
        List<MetricFamilySamples> samples = new ArrayList<>();
        for (Collector collector : collectors) {
            samples.addAll(collector.collect());
        }
        double threads = ManagementFactory.getThreadMXBean().getThreadCount();
        samples.add(new MetricFamilySamples(
                "jvm_threads_current",
                Type.GAUGE,
                "Platform threads.",
                List.of(new MetricFamilySamples.Sample("jvm_threads_current", List.of(), List.of(), threads))));
        return samples;
    }
}

package dev.foretoken.batch.kafka;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Tells how much is left to do and how old it is, once in a while. Worker's thread. */
final class Gauges {

    private static final long EVERY_NANOS = Duration.ofMillis(500).toNanos();

    private final BatchMetrics metrics;
    private final InstantSource clock;
    private long shownAt;
    private boolean isShown;

    Gauges(BatchMetrics metrics, InstantSource clock) {
        this.metrics = metrics;
        this.clock = clock;
    }

    void show(Collection<Partition> partitions, Consumer<byte[], byte[]> consumer, Flights flights, long nanos) {
        if (isShown && nanos - shownAt < EVERY_NANOS) {
            return;
        }
        isShown = true;
        shownAt = nanos;
        long now = clock.millis();
        long lag = 0;
        long oldest = now;
        long ids = 0;
        long idBytes = 0;
        for (Partition partition : partitions) {
            OptionalLong behind = consumer.currentLag(partition.name());
            lag += behind.orElse(0)
                    + partition.arrived().size()
                    + partition.offsets().open();
            oldest = Math.min(oldest, oldest(partition, now));
            ids += partition.ids().size();
            idBytes += partition.ids().bytes();
        }
        metrics.lag(lag);
        metrics.remembered(ids, idBytes);
        metrics.oldestAge(Duration.ofMillis(now - oldest));
        metrics.inFlight(flights.running(), flights.limit());
        metrics.retrying(flights.retrying());
    }

    private static long oldest(Partition partition, long now) {
        long oldest = now;
        for (RequestRun run : partition.runs()) {
            oldest = Math.min(oldest, run.source().timestamp());
        }
        ConsumerRecord<byte[], byte[]> next = partition.arrived().peek();
        return next == null ? oldest : Math.min(oldest, next.timestamp());
    }
}

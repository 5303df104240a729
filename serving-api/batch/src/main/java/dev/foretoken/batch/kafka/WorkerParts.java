package dev.foretoken.batch.kafka;

import dev.foretoken.batch.BatchExecutor;
import dev.foretoken.batch.flight.Backoff;
import dev.foretoken.batch.flight.BackoffConfig;
import dev.foretoken.batch.flight.FlightConfig;
import dev.foretoken.batch.record.RecordLimits;
import dev.foretoken.batch.record.RecordReader;
import dev.foretoken.batch.record.ReplyTopics;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * What a worker is made of, beside Kafka.
 *
 * @param executor runs the requests
 * @param flight bounds of how many run at a time
 * @param clock civil time, of deadlines and of the times in records
 * @param nanoTime monotonic
 */
public record WorkerParts(
        BatchExecutor executor,
        RecordReader reader,
        RecordLimits recordLimits,
        FlightConfig flight,
        Backoff backoff,
        BatchMetrics metrics,
        InstantSource clock,
        LongSupplier nanoTime) {

    /** With the usual limits. */
    public static WorkerParts of(
            BatchExecutor executor, ReplyTopics replyTopics, BatchMetrics metrics, InstantSource clock) {
        return new WorkerParts(
                executor,
                new RecordReader(RecordLimits.DEFAULT, replyTopics),
                RecordLimits.DEFAULT,
                FlightConfig.upTo(1024),
                new Backoff(BackoffConfig.DEFAULT, RandomGenerator.getDefault()),
                metrics,
                clock,
                System::nanoTime);
    }
}

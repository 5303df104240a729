package dev.foretoken.batch.job.topic;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.contract.ErrorCode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * Writes requests that are in flight into their topic. Its producer is made when it is first needed, and anew where it takes nothing any more. For one
 * thread but for {@link #close}.
 */
final class RequestSender implements AutoCloseable {

    private static final Logger LOG = System.getLogger(RequestSender.class.getName());
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration REST = Duration.ofSeconds(1);

    private final Supplier<Producer<byte[], byte[]>> producers;
    private final RequestRecord records;
    private final Flights flights;
    private final LongSupplier nanos;
    private @Nullable Producer<byte[], byte[]> producer;
    private long notBefore;
    private boolean closed;

    /**
     * @param producers each idempotent
     * @param nanos monotonic, as {@link System#nanoTime}
     */
    RequestSender(
            Supplier<Producer<byte[], byte[]>> producers, RequestRecord records, Flights flights, LongSupplier nanos) {
        this.producers = producers;
        this.records = records;
        this.flights = flights;
        this.nanos = nanos;
        this.notBefore = nanos.getAsLong();
    }

    /** Sends all again that had no answer for long: brokers lose what they have, and give up what nobody takes. */
    void sendOverdue() {
        flights.overdue(nanos.getAsLong()).forEach(this::send);
    }

    /** Sends a request, unless nobody waits for it any more or it was sent a while ago. */
    void send(String id) {
        flights.toSend(id, nanos.getAsLong()).ifPresent(this::produce);
    }

    private void produce(BatchRequest request) {
        String id = request.id();
        ProducerRecord<byte[], byte[]> record = records.of(request);
        Optional<BatchAnswer> refusal = records.refusal(record, id);
        if (refusal.isPresent()) {
            flights.end(id, refusal);
            return;
        }
        try {
            producer().send(record, (at, problem) -> sent(id, problem));
        } catch (KafkaException | IllegalStateException e) {
            renew();
            sent(id, e);
        }
    }

    private synchronized Producer<byte[], byte[]> producer() {
        if (closed || nanos.getAsLong() - notBefore < 0) {
            throw new IllegalStateException("no request of a batch is sent just now");
        }
        Producer<byte[], byte[]> open = producer;
        if (open == null) {
            notBefore = nanos.getAsLong() + REST.toNanos();
            open = producers.get();
            notBefore = nanos.getAsLong();
            producer = open;
        }
        return open;
    }

    /** What a producer throws, instead of telling it of a record, it will throw for ever. */
    private synchronized void renew() {
        Producer<byte[], byte[]> broken = producer;
        producer = null;
        if (broken != null && !closed) {
            notBefore = nanos.getAsLong() + REST.toNanos();
            broken.close(Duration.ZERO);
        }
    }

    /** A failure may mean that it is there nevertheless: it is sent again under the same id. */
    private void sent(String id, @Nullable Exception problem) {
        if (problem instanceof RecordTooLargeException) {
            flights.end(
                    id,
                    Optional.of(RequestRecord.failure(
                            ErrorCode.PAYLOAD_TOO_LARGE, 413, "the request is longer than the broker takes", id)));
        } else if (problem != null && flights.end(id, Optional.empty())) {
            LOG.log(Level.WARNING, "a request of a batch was not sent and will be again: {0}", problem.getMessage());
        }
    }

    /** What was sent stays with the brokers. Any thread. */
    @Override
    public void close() {
        Producer<byte[], byte[]> open;
        synchronized (this) {
            closed = true;
            open = producer;
        }
        if (open != null) {
            open.close(GRACE);
        }
    }
}

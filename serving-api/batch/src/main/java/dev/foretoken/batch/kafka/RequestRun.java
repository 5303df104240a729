package dev.foretoken.batch.kafka;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchCancel;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.record.ReadRecord;
import dev.foretoken.contract.ErrorCode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * One request under way: from when its record was taken until its outcome is in the queue of the worker. Waits between tries, on its own virtual
 * thread; so it stays in flight, and its offset uncommitted.
 */
final class RequestRun implements Runnable {

    /** After so many deaths of processes that ran it, it runs without others beside it; after one more it is not run again. */
    private static final int DEATHS = 3;

    private static final Logger LOG = System.getLogger(RequestRun.class.getName());

    private final Partition partition;
    private final ConsumerRecord<byte[], byte[]> source;
    private final BatchRequest request;
    private volatile String replyTopic;
    private final RequestDigest digest;
    private final ReadRecord.@Nullable Poison poison;
    private final RunContext context;
    private volatile BatchCancel cancel = new BatchCancel();
    private volatile boolean abandoned;
    private @Nullable Thread thread;
    private Retries.@Nullable Tries tries;

    /**
     * Of one record.
     *
     * @param replyTopic where the answer goes
     * @param digest remembered with its id
     */
    RequestRun(
            Partition partition,
            ConsumerRecord<byte[], byte[]> source,
            BatchRequest request,
            String replyTopic,
            RequestDigest digest,
            RunContext context) {
        this(partition, source, request, replyTopic, digest, null, context);
    }

    private RequestRun(
            Partition partition,
            ConsumerRecord<byte[], byte[]> source,
            BatchRequest request,
            String replyTopic,
            RequestDigest digest,
            ReadRecord.@Nullable Poison poison,
            RunContext context) {
        this.partition = partition;
        this.source = source;
        this.request = request;
        this.replyTopic = replyTopic;
        this.digest = digest;
        this.poison = poison;
        this.context = context;
    }

    /** Of a record that is no request, whose error goes to a topic of its own: whether that is there is asked on the run's thread. */
    static RequestRun poison(
            Partition partition,
            ConsumerRecord<byte[], byte[]> source,
            ReadRecord.Poison poison,
            RequestDigest digest,
            RunContext context) {
        BatchRequest unread = Outcomes.unread(poison.id().orElseThrow());
        return new RequestRun(partition, source, unread, poison.replyTopic().orElseThrow(), digest, poison, context);
    }

    Partition partition() {
        return partition;
    }

    ConsumerRecord<byte[], byte[]> source() {
        return source;
    }

    /** Of its record. */
    long bytes() {
        return Intake.size(source);
    }

    BatchRequest request() {
        return request;
    }

    RequestDigest digest() {
        return digest;
    }

    String replyTopic() {
        return replyTopic;
    }

    /** Its answer goes into another topic than it named. */
    void replyTo(String topic) {
        replyTopic = topic;
    }

    /** Where no such topic is, the answer goes where all do, instead of holding up its transaction. */
    private void settleReplyTopic() {
        replyTopic = context.places().orUsual(replyTopic);
    }

    /** Begins on a virtual thread. Worker's thread. */
    void start() {
        thread = Thread.ofVirtual().start(this);
    }

    /** Nobody wants the outcome any more; there will be one nevertheless, soon. Worker's thread. */
    void abandon() {
        abandoned = true;
        cancel.cancel();
        if (thread != null) {
            thread.interrupt();
        }
    }

    /** The broker has what came of it. Worker's thread. */
    void settled() {
        if (tries != null) {
            tries.forget();
        }
    }

    @Override
    public void run() {
        Outcome outcome = context.outcomes().abandoned(this);
        try {
            outcome = untilItIsAnswered();
        } catch (InterruptedException e) {
            LOG.log(Level.DEBUG, "a request of {0} was given up", partition.name());
            if (!isGivenUp()) {
                outcome = context.outcomes().failed(this, ErrorCode.INTERNAL_ERROR, "the request was interrupted");
            }
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "a request failed outside of its answer", e);
            outcome = context.outcomes().failed(this, ErrorCode.INTERNAL_ERROR, "the request failed");
        }
        if (!outcome.isAbandoned()) {
            context.notes().forget(source.partition(), source.offset());
        }
        if (tries != null) {
            tries.keep();
        }
        context.done().add(abandoned ? context.outcomes().abandoned(this) : outcome);
    }

    private Outcome untilItIsAnswered() throws InterruptedException {
        if (poison != null) {
            settleReplyTopic();
            return context.outcomes().poison(this, poison);
        }
        Retries.Tries own = context.retries().of(request);
        tries = own;
        while (true) {
            if (isExpired()) {
                return context.outcomes()
                        .failed(this, ErrorCode.DEADLINE_EXCEEDED, "the deadline had passed before the request began");
            }
            settleReplyTopic();
            if (deaths() > DEATHS) {
                return context.outcomes().failed(this, ErrorCode.INTERNAL_ERROR, deadly());
            }
            BatchAnswer answer = once();
            if (!mayPass(answer) || !own.again(answer.error().orElseThrow())) {
                return context.outcomes().answered(this, answer);
            }
        }
    }

    /** Whether it may be what its processes died of. */
    boolean isSuspect() {
        return deaths() >= DEATHS;
    }

    private int deaths() {
        return context.notes().deaths(source.partition(), source.offset());
    }

    private String deadly() {
        return "the server died " + deaths()
                + " times while the request ran, at last without another: it is not run again";
    }

    /** Where somebody else interrupts the thread of a request, that is a try that failed. */
    private BatchAnswer once() throws InterruptedException {
        int note = context.notes().begin(source.partition(), source.offset());
        try {
            return context.executor().run(request, renewed());
        } catch (InterruptedException e) {
            if (isGivenUp()) {
                throw e;
            }
            return Outcomes.failure(ErrorCode.REPLICA_LOST, "the request was interrupted", request.id());
        } finally {
            context.notes().end(note, source.partition(), source.offset());
        }
    }

    private boolean isGivenUp() {
        return abandoned || context.ending().getCount() == 0;
    }

    /** Where the time is over that any request may take here, but not the request's own, there may be enough of it another time. */
    private boolean mayPass(BatchAnswer answer) {
        boolean isLate = answer.error().isPresent() && answer.error().get() == ErrorCode.DEADLINE_EXCEEDED;
        return answer.isRetryable() || isLate && !isExpired();
    }

    /** What is sent in the place of an answer that the broker finds too long. */
    Outcome tooLong() {
        return context.outcomes().tooLong(this, "the broker takes less");
    }

    /** Of each try its own: a cancelled one would end the next at once. */
    private BatchCancel renewed() throws InterruptedException {
        BatchCancel next = new BatchCancel();
        cancel = next;
        if (abandoned) {
            throw new InterruptedException("abandoned");
        }
        return next;
    }

    private boolean isExpired() {
        Optional<Instant> deadline = request.deadline();
        return deadline.isPresent() && !context.clock().instant().isBefore(deadline.get());
    }
}

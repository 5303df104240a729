package dev.foretoken.batch.kafka;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.DisconnectException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Whether brokers answer: Kafka's clients wait for them without a word. They are asked something small now and then, by whoever looks. Any thread.
 */
final class Pulse {

    private static final long EVERY_NANOS = Duration.ofSeconds(5).toNanos();

    /** Brokers that are only slow, or restart, take less. */
    static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Supplier<KafkaFuture<?>> question;
    private final LongSupplier nanoTime;
    private @Nullable KafkaFuture<?> asked;
    private long askedAt;
    private boolean isHeard = true;

    /** @param question of which any answer will do; does not block */
    Pulse(Supplier<KafkaFuture<?>> question, LongSupplier nanoTime) {
        this.question = question;
        this.nanoTime = nanoTime;
    }

    static Pulse of(Admin admin, LongSupplier nanoTime) {
        return new Pulse(() -> admin.describeCluster().clusterId(), nanoTime);
    }

    /** Whether there was an answer, or may be one soon. */
    synchronized boolean isHeard() {
        long now = nanoTime.getAsLong();
        KafkaFuture<?> last = asked;
        if (last != null && last.isDone()) {
            isHeard = isAnswer(last);
        } else if (last != null && now - askedAt >= PATIENCE.toNanos()) {
            isHeard = false;
        }
        if (last == null || last.isDone() && now - askedAt >= EVERY_NANOS) {
            asked = question.get();
            askedAt = now;
        }
        return isHeard;
    }

    /** A refusal is one. */
    private static boolean isAnswer(KafkaFuture<?> done) {
        try {
            done.get(0, TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException e) {
            return !(e.getCause() instanceof TimeoutException || e.getCause() instanceof DisconnectException);
        } catch (java.util.concurrent.TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptException(e);
        }
    }
}

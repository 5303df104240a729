package dev.foretoken.gateway.http;

import dev.foretoken.contract.engine.Generation;
import dev.foretoken.gateway.answer.AnswerEvent;
import dev.foretoken.gateway.answer.AnswerStream;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.model.EngineEndpoint;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Moves one answer's events to its response. Events that have gathered while the last packet was written share the next one.
 *
 * <p>Tokens, and the word that the answer has begun, are moved by the thread that brings them, where the engine lends it: waking the request's
 * thread for each would cost more than the move. All that may have to wait is left to the request's thread: other events, failures, a slow
 * reader, the passing of time. One of the two has the turn; whoever comes meanwhile leaves word by counting up and goes, and the one who has it
 * looks again before leaving.
 */
final class AnswerRelay {

    /** Enough to make packets worth their system call, small enough to keep a reader's view smooth. */
    private static final int PACKET_BYTES = 8 << 10;
    /** Where the request's time is over and the other thread has the turn, it will see that too. */
    private static final long LEAST_WAIT_NANOS = 1_000_000;

    private final AnswerStream answer;
    private final PacketSink packets;
    private final BiConsumer<JsonWriter, AnswerEvent> format;
    private final JsonWriter packet = new JsonWriter();
    /** Words left since the turn was taken, with the taking: 0 = nobody has it. The request's thread begins with it. */
    private final AtomicInteger words = new AtomicInteger(1);

    private final Semaphore handedOver = new Semaphore(0);
    private volatile boolean stopping;
    /** What the turn was handed over for, if that is a failure. Of whoever has the turn. */
    private @Nullable RuntimeException failure;

    AnswerRelay(AnswerStream answer, PacketSink packets, BiConsumer<JsonWriter, AnswerEvent> format) {
        this.answer = answer;
        this.packets = packets;
        this.format = format;
    }

    /**
     * Until the answer has ended; on the request's thread, which has the turn again when this returns or throws: nobody else reads the answer
     * any more.
     *
     * @throws dev.foretoken.contract.ForetokenException as {@link AnswerStream#next}, CANCELLED when the client has left
     */
    void run() throws InterruptedException {
        while (moveAll()) {
            awaitTurn();
        }
    }

    /** Returns false at the end of the answer, with the turn; true without it. */
    private boolean moveAll() throws InterruptedException {
        int seen;
        do {
            seen = words.get();
            if (failure != null) {
                throw failure;
            }
            if (!moveWhatIsThere()) {
                return false;
            }
        } while (words.addAndGet(-seen) != 0);
        return true;
    }

    /**
     * Until nothing is left of the engine that will say when more has come: what was read may have made another take over, which has to be told first.
     * Returns false at the end of the answer.
     */
    private boolean moveWhatIsThere() throws InterruptedException {
        EngineEndpoint told;
        do {
            while (!answer.whenArrived(this::arrived)) {
                // The engine lends no thread, or not yet: this one waits for an event.
                Optional<AnswerEvent> event = answer.next();
                if (event.isEmpty()) {
                    return false;
                }
                moveWith(event.get());
            }
            told = answer.endpoint();
            for (Optional<AnswerEvent> event = answer.poll(); event.isPresent(); event = answer.poll()) {
                moveWith(event.get());
            }
            if (answer.isOver()) {
                return false;
            }
        } while (answer.endpoint() != told);
        return true;
    }

    /** Writes an event and what has come behind it. */
    private void moveWith(AnswerEvent first) throws InterruptedException {
        format.accept(packet, first);
        while (packet.size() < PACKET_BYTES) {
            Optional<AnswerEvent> event = answer.poll();
            if (event.isEmpty()) {
                break;
            }
            format.accept(packet, event.get());
        }
        if (packet.size() > 0) {
            packets.write(packet.toBytes());
            packet.clear();
        }
    }

    private void awaitTurn() throws InterruptedException {
        try {
            while (!handedOver.tryAcquire(Math.max(LEAST_WAIT_NANOS, answer.longestWait()), TimeUnit.NANOSECONDS)) {
                if (words.getAndIncrement() == 0) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            stopping = true;
            if (words.getAndIncrement() != 0) {
                handedOver.acquireUninterruptibly();
            }
            throw e;
        }
    }

    /** On the thread that brought something. */
    private void arrived() {
        if (words.getAndIncrement() != 0) {
            return;
        }
        int seen;
        do {
            seen = words.get();
            if (!moveTokens()) {
                handedOver.release(); // and with it the turn
                return;
            }
        } while (words.addAndGet(-seen) != 0);
    }

    /** Returns false where it takes the request's thread to go on. */
    private boolean moveTokens() {
        try {
            Generation.Ahead ahead = answer.ahead();
            while (isMoved(ahead) && !stopping && packets.hasRoom()) {
                moveToken();
                ahead = answer.ahead();
            }
            if (packet.size() > 0) {
                packets.writeNow(packet.toBytes());
                packet.clear();
            }
            return ahead == Generation.Ahead.NOTHING && !stopping;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (RuntimeException e) {
            failure = e;
            return false;
        } catch (Error e) { // The request's thread would wait for a turn that nobody gives back.
            failure = new IllegalStateException("a token could not be moved", e);
            return false;
        }
    }

    private static boolean isMoved(Generation.Ahead ahead) {
        return ahead == Generation.Ahead.TOKEN || ahead == Generation.Ahead.START;
    }

    /** A token may end its choice: what follows it is moved with it. */
    private void moveToken() throws InterruptedException {
        Optional<AnswerEvent> event = answer.poll();
        if (event.isPresent()) {
            format.accept(packet, event.get());
        }
        if (packet.size() >= PACKET_BYTES) {
            packets.writeNow(packet.toBytes());
            packet.clear();
        }
    }
}

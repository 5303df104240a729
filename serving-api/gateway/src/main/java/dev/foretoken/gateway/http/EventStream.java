package dev.foretoken.gateway.http;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.HttpLimits;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.openai.ErrorJson;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A response of server-sent events, written straight to the connection. Writers block while more than a bounded number of bytes waits for a
 * slow reader, so memory per stream is bounded and other streams are not held up. Any thread may write.
 */
final class EventStream implements PacketSink {

    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

    private final Exchange exchange;
    private final HttpServerResponse response;
    private final HttpLimits limits;
    private final Consumer<HttpServerResponse> head;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition sent = lock.newCondition();
    private long unsent;
    private boolean begun;
    private boolean gone;

    /** @param head sets the status and the headers, before the first bytes, on the thread that writes them */
    EventStream(Exchange exchange, Consumer<HttpServerResponse> head) {
        this.head = head;
        this.exchange = exchange;
        this.response = exchange.response();
        this.limits = exchange.gateway().config().http();
        exchange.whenClientLeaves(this::clientLeft);
    }

    private void clientLeft() {
        lock.lock();
        try {
            gone = true;
            sent.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void write(byte[] events) throws InterruptedException {
        lock.lock();
        try {
            awaitRoom();
            send(events);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void writeNow(byte[] events) {
        lock.lock();
        try {
            requireReader();
            send(events);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean hasRoom() {
        lock.lock();
        try {
            return gone || unsent <= limits.maxUnsentBytes();
        } finally {
            lock.unlock();
        }
    }

    private void send(byte[] events) {
        begin();
        unsent += events.length;
        response.write(Buffer.buffer(events)).onComplete(done -> written(events.length));
    }

    private void begin() {
        if (!begun) {
            begun = true;
            head.accept(response);
        }
    }

    private void awaitRoom() throws InterruptedException {
        long left = limits.stallTimeout().toNanos();
        long before = unsent;
        while (!gone && unsent > limits.maxUnsentBytes()) {
            left = sent.awaitNanos(left);
            if (unsent < before) {
                before = unsent;
                left = limits.stallTimeout().toNanos();
            } else if (left <= 0) {
                response.reset();
                gone = true;
            }
        }
        requireReader();
    }

    private void requireReader() {
        if (gone) {
            throw new ForetokenException(ErrorCode.CANCELLED, "the client has left");
        }
    }

    private void written(int bytes) {
        lock.lock();
        try {
            unsent -= bytes;
            sent.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The end every client waits for, in one piece with the end of the response. */
    void done() throws InterruptedException {
        lock.lock();
        try {
            awaitRoom();
            begin();
        } finally {
            lock.unlock();
        }
        response.end(Buffer.buffer(DONE));
    }

    /** Ends the stream with the error as its last event, if anybody still reads. */
    void fail(Throwable failure) throws InterruptedException {
        if (isGone()) {
            return;
        }
        JsonWriter json = new JsonWriter().raw("data: ");
        ErrorJson.write(json, exchange.publish(failure));
        write(json.raw("\n\n").toBytes());
        done();
    }

    private boolean isGone() {
        lock.lock();
        try {
            return gone;
        } finally {
            lock.unlock();
        }
    }
}

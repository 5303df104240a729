package dev.foretoken.wire.stream;

import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A response stream whose writer waits while the transport's buffer is full, so that a slow reader costs bounded memory. One thread
 * writes; gRPC's own threads wake it.
 */
public final class ReadyStream<T> {

    private static final long RECHECK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration FOR_EVER = Duration.ofNanos(Long.MAX_VALUE);

    private final ServerCallStreamObserver<T> observer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    public ReadyStream(ServerCallStreamObserver<T> observer) {
        this.observer = observer;
        observer.setOnReadyHandler(this::wake);
    }

    /** Sends one message, however long the caller takes to read those before it. Returns false when the caller is gone. */
    public boolean send(T message) throws InterruptedException {
        return send(message, FOR_EVER);
    }

    /** As {@link #send(Object)}; also returns false when the caller has taken nothing for {@code patience}. */
    public boolean send(T message, Duration patience) throws InterruptedException {
        if (!awaitReady(patience.toNanos()) || observer.isCancelled()) {
            return false;
        }
        observer.onNext(message);
        return true;
    }

    private boolean awaitReady(long patienceNanos) throws InterruptedException {
        long left = patienceNanos;
        lock.lock();
        try {
            while (!observer.isReady() && !observer.isCancelled() && left > 0) {
                long slice = Math.min(left, RECHECK_NANOS);
                left -= slice - Math.max(0, changed.awaitNanos(slice));
            }
            return left > 0;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the caller is gone or the time is over; returns whether it is gone. */
    public boolean awaitCancelled(long millis) throws InterruptedException {
        lock.lock();
        try {
            if (!observer.isCancelled()) {
                changed.await(millis, TimeUnit.MILLISECONDS);
            }
            return observer.isCancelled();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the stream with an error the caller sees. */
    public void fail(Throwable status) {
        if (!observer.isCancelled()) {
            observer.onError(status);
        }
    }

    public void complete() {
        if (!observer.isCancelled()) {
            observer.onCompleted();
        }
    }

    public void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}

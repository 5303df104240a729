package dev.foretoken.wire.stream;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A response stream whose writer waits while the transport's buffer is full, so that a slow reader costs bounded memory. One thread
 * writes; gRPC's own threads wake it.
 */
public final class ReadyStream<T> {

    private static final long RECHECK_MILLIS = 1000;

    private final ServerCallStreamObserver<T> observer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    public ReadyStream(ServerCallStreamObserver<T> observer) {
        this.observer = observer;
        observer.setOnReadyHandler(this::wake);
    }

    /** Sends one message. Returns false when the caller is gone. */
    public boolean send(T message) throws InterruptedException {
        lock.lock();
        try {
            while (!observer.isReady() && !observer.isCancelled()) {
                changed.await(RECHECK_MILLIS, TimeUnit.MILLISECONDS);
            }
        } finally {
            lock.unlock();
        }
        if (observer.isCancelled()) {
            return false;
        }
        observer.onNext(message);
        return true;
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

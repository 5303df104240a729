package dev.foretoken.batch.kafka;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchCancel;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.Room;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Takes a few milliseconds for each request, so that there is always something in flight; and keeps its worker from reading where a test says so. */
final class StallingExecutor extends EchoExecutor {

    private static final class Stall {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch over = new CountDownLatch(1);
    }

    final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger running = new AtomicInteger();
    private volatile @Nullable Stall stall;

    /** The worker's thread stands still as soon as a request runs of which it has committed nothing. */
    void stall() {
        stall = new Stall();
    }

    boolean isStalled() {
        Stall now = stall;
        return now != null && now.reached.getCount() == 0;
    }

    void wake() {
        Stall now = stall;
        stall = null;
        if (now != null) {
            now.over.countDown();
            now.reached.countDown();
        }
    }

    @Override
    public BatchAnswer run(BatchRequest request, BatchCancel cancel) throws InterruptedException {
        running.incrementAndGet();
        begun.incrementAndGet();
        try {
            Stall now = stall;
            if (now != null) {
                now.reached.await();
            }
            Thread.sleep(2 + (request.id().hashCode() & 15));
            return super.run(request, cancel);
        } finally {
            running.decrementAndGet();
        }
    }

    /** Called by the worker's thread, after it has begun requests and before it looks which have ended. */
    @Override
    public Room room() {
        Stall now = stall;
        if (now != null && running.get() > 0) {
            now.reached.countDown();
            try {
                now.over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return super.room();
    }
}

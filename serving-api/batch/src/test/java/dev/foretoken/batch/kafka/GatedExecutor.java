package dev.foretoken.batch.kafka;

import dev.foretoken.batch.BatchAnswer;
import dev.foretoken.batch.BatchCancel;
import dev.foretoken.batch.BatchRequest;
import dev.foretoken.batch.Room;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Keeps some requests until it is opened, and remembers which it was asked. */
final class GatedExecutor extends EchoExecutor {

    final List<String> asked = new CopyOnWriteArrayList<>();
    final AtomicInteger mostAtOnce = new AtomicInteger();
    /** How often a worker asked for its room, which it does in each turn. */
    final AtomicInteger rooms = new AtomicInteger();

    private final Predicate<String> kept;
    private final CountDownLatch gate = new CountDownLatch(1);
    private final AtomicInteger running = new AtomicInteger();

    GatedExecutor(Predicate<String> kept) {
        this.kept = kept;
    }

    void open() {
        gate.countDown();
    }

    @Override
    public BatchAnswer run(BatchRequest request, BatchCancel cancel) throws InterruptedException {
        asked.add(request.id());
        mostAtOnce.accumulateAndGet(running.incrementAndGet(), Math::max);
        try {
            if (kept.test(request.id())) {
                gate.await();
            }
            return super.run(request, cancel);
        } finally {
            running.decrementAndGet();
        }
    }

    @Override
    public Room room() {
        rooms.incrementAndGet();
        return super.room();
    }
}

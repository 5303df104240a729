package dev.foretoken.bench.serve;

import dev.foretoken.bench.client.OpenAiClient;
import dev.foretoken.bench.client.StreamCall;
import dev.foretoken.bench.client.StreamedAnswer;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Sends the requests of a workload when its arrivals say so, and returns a record of every one of them. */
final class LoadRunner {
    private final OpenAiClient client;
    private final Workload workload;
    private final WorkloadShape shape;
    private final LoadLimits limits;
    private final LongSupplier nanoClock;
    private final ThreadFactory threads = Thread.ofVirtual().name("request-", 0).factory();
    private final Consumer<CallRecord> onEnd;
    private final Queue<CallRecord> records = new ConcurrentLinkedQueue<>();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger sent = new AtomicInteger();
    private final long origin;

    /** @param onEnd told of each request that ends, on the thread that sent it */
    LoadRunner(
            OpenAiClient client,
            WorkloadShape shape,
            LoadLimits limits,
            LongSupplier nanoClock,
            Consumer<CallRecord> onEnd) {
        this.client = client;
        this.workload = new Workload(shape);
        this.shape = shape;
        this.limits = limits;
        this.nanoClock = nanoClock;
        this.onEnd = onEnd;
        this.origin = nanoClock.getAsLong();
    }

    /** Runs to the end of the last answer; the records are in the order of their index. */
    List<CallRecord> run(Arrivals arrivals) throws InterruptedException {
        switch (arrivals) {
            case Arrivals.ClosedLoop closed -> runClosedLoop(closed);
            case Arrivals.Poisson poisson -> runPoisson(poisson);
        }
        return records.stream()
                .sorted(Comparator.comparingInt(CallRecord::index))
                .toList();
    }

    /** How many requests have been sent so far. */
    int sent() {
        return sent.get();
    }

    private void runClosedLoop(Arrivals.ClosedLoop closed) throws InterruptedException {
        Thread[] clients = new Thread[Math.min(closed.concurrency(), limits.requests())];
        SplittableRandom random = new SplittableRandom(shape.seed());
        for (int i = 0; i < clients.length; i++) {
            SplittableRandom own = random.split();
            clients[i] = threads.newThread(() -> sendUntilLimit(closed.think(), own));
            clients[i].start();
        }
        for (Thread client : clients) {
            client.join();
        }
    }

    private void sendUntilLimit(Duration think, SplittableRandom random) {
        while (elapsed() < limits.duration().toNanos() && thinks(think, random)) {
            int index = next.getAndIncrement();
            if (index >= limits.requests()) {
                return;
            }
            RequestPlan plan = workload.request(index);
            if (!send(plan, elapsed())) {
                return;
            }
        }
    }

    /** Waits before the next request; false when it would come too late. */
    private boolean thinks(Duration think, SplittableRandom random) {
        if (think.isZero()) {
            return true;
        }
        long due = elapsed() + (long) (-Math.log1p(-random.nextDouble()) * think.toNanos());
        if (due >= limits.duration().toNanos()) {
            return false;
        }
        try {
            sleepUntil(due);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void runPoisson(Arrivals.Poisson poisson) throws InterruptedException {
        PoissonSchedule schedule = new PoissonSchedule(poisson.perSecond(), new SplittableRandom(shape.seed()));
        Semaphore room = new Semaphore(poisson.maxInFlight());
        for (int index = 0; index < limits.requests(); index++) {
            RequestPlan plan = workload.request(index);
            long due = schedule.nextNanos();
            if (due >= limits.duration().toNanos()) {
                break;
            }
            sleepUntil(due);
            room.acquire();
            threads.newThread(() -> {
                        try {
                            send(plan, due);
                        } finally {
                            room.release();
                        }
                    })
                    .start();
        }
        room.acquire(poisson.maxInFlight());
    }

    private void sleepUntil(long dueNanos) throws InterruptedException {
        for (long wait = dueNanos - elapsed(); wait > 0; wait = dueNanos - elapsed()) {
            LockSupport.parkNanos(wait);
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while waiting to send the next request");
            }
        }
    }

    private boolean send(RequestPlan plan, long dueNanos) {
        sent.incrementAndGet();
        try {
            StreamedAnswer answer = client.stream(new StreamCall(
                    shape.endpoint().path(), plan.body(), plan.intent().cancelPoint(), limits.patience()));
            CallRecord call = record(plan, dueNanos, answer);
            records.add(call);
            onEnd.accept(call);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private CallRecord record(RequestPlan plan, long dueNanos, StreamedAnswer answer) {
        return new CallRecord(
                plan.index(),
                plan.intent(),
                origin,
                dueNanos,
                answer.sentNanos() - origin,
                answer.endNanos() - origin,
                answer.tokens(),
                answer.ending(),
                answer.resends());
    }

    private long elapsed() {
        return nanoClock.getAsLong() - origin;
    }
}

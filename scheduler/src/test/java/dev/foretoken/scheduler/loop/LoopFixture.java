package dev.foretoken.scheduler.loop;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.engine.Usage;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.fake.FakeRuntime;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.scheduler.CheckpointEvent;
import dev.foretoken.scheduler.PrefixOutcome;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.SchedulerObserver;
import dev.foretoken.scheduler.SchedulerSetup;
import dev.foretoken.scheduler.blocks.CacheSizing;
import dev.foretoken.scheduler.blocks.CheckpointBudget;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A started loop over a fake runtime, and its thread. */
final class LoopFixture implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofMinutes(2);

    final FakeRuntime runtime;
    final SchedulerLoop loop;
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();

    LoopFixture(FakeModel model, SchedulerConfig config) {
        this(model, config, new DeviceArbiter());
    }

    /** @param arbiter of a device that others use too */
    LoopFixture(FakeModel model, SchedulerConfig config, DeviceArbiter arbiter) {
        runtime = new FakeRuntime(model);
        CacheReservation reservation = new CacheSizing(
                        runtime.shape(),
                        config.maxRunningSequences(),
                        config.maxTokensPerStep(),
                        0,
                        CheckpointBudget.SHARE)
                .filling(64L << 20);
        runtime.reserve(reservation);
        SchedulerSetup setup =
                new SchedulerSetup("demo", runtime.shape(), runtime.capabilities(), reservation, config, new byte[32]);
        loop = new SchedulerLoop(
                new LoopSetup(runtime, setup, new Silent(), arbiter, System::nanoTime, this::newThread));
        loop.start();
    }

    private Thread newThread(Runnable task) {
        Thread created = Thread.ofPlatform().daemon().name("loop").unstarted(task);
        thread.set(created);
        return created;
    }

    Thread thread() {
        Thread created = thread.get();
        if (created == null) {
            throw new IllegalStateException("no thread was made");
        }
        return created;
    }

    @Override
    public void close() {
        loop.stop();
        try {
            if (!loop.awaitEnd(PATIENCE)) {
                throw new AssertionError("the loop did not end");
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while the loop ends", e);
        }
    }

    /** Observes nothing. */
    private static final class Silent implements SchedulerObserver {
        @Override
        public void started(long queueNanos) {}

        @Override
        public void prefixLookedUp(PrefixOutcome outcome, int queried, int hit) {}

        @Override
        public void promptComputed(int tokens) {}

        @Override
        public void firstToken(long prefillNanos) {}

        @Override
        public void nextToken(long sincePreviousNanos) {}

        @Override
        public void preempted() {}

        @Override
        public void drafted(int proposed, int accepted) {}

        @Override
        public void checkpoint(CheckpointEvent event) {}

        @Override
        public void finished(FinishReason reason, Usage usage) {}

        @Override
        public void failed(ErrorCode code) {}
    }
}

package dev.foretoken.scheduler.host;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.scheduler.host.Resident.Standing;
import java.lang.System.Logger;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Brings variants into memory that requests wait for, and takes others out: does what {@link ResidencyRules} say, on a thread of its own, one
 * at a time. Any thread may ask; none of them waits for a load but {@link DeferredGeneration}'s reader, and callers of {@link #await} and
 * of {@link #want}'s future.
 */
final class Residency implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Residency.class.getName());
    private static final long LOOK_NANOS = Duration.ofMillis(10).toNanos();
    private static final long LONGEST_WAIT_NANOS = Duration.ofSeconds(10).toNanos();

    private final ModelShelf shelf;
    private final ResidencyConfig config;
    private final ResidencyRules rules;
    private final ResidencyMetrics metrics;
    private final LongSupplier nanoTime;
    private final LoadSpeed speed = new LoadSpeed();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;
    /** Guarded by the lock, like what follows. */
    private boolean started;

    private boolean closed;

    Residency(ModelShelf shelf, ResidencyConfig config, HostEnvironment environment) {
        this.shelf = shelf;
        this.config = config;
        this.rules = new ResidencyRules(config, shelf.budget().total());
        this.metrics = new ResidencyMetrics(environment.telemetry());
        this.nanoTime = environment.nanoTime();
        this.thread = environment.threads().newThread(this::run);
        metrics.show(shelf);
    }

    /** Has the request answered once the variant is loaded. */
    Generation submit(ServedModel model, GenerationRequest request) {
        DeferredGeneration generation = new DeferredGeneration(request, nanoTime, left -> leave(model, left));
        enter(model, generation);
        return generation;
    }

    /** Returns once the variant is loaded for a run. @throws ForetokenException as {@link DeferredRun#await} */
    void await(ServedModel model, long deadline) {
        DeferredRun run = new DeferredRun(nanoTime);
        enter(model, run);
        try {
            run.await(deadline);
        } finally {
            leave(model, run);
        }
    }

    private void enter(ServedModel model, LoadWaiter waiter) {
        lock.lock();
        try {
            requireOpen(model);
            long now = nanoTime.getAsLong();
            ForetokenException failure = model.line().failure(now);
            if (failure != null) {
                throw failure.withRetryAfter(Duration.ofNanos(model.line().retryAt() - now));
            }
            if (model.line().sequences() + waiter.sequences() > config.queue()) {
                throw full(model);
            }
            if (model.line().isLoading() || model.state() != ModelState.READY) {
                model.line().add(waiter, now);
                wake();
                return;
            }
        } finally {
            lock.unlock();
        }
        waiter.loaded(model); // since it was looked for
    }

    private ForetokenException full(ServedModel model) {
        ForetokenException full = new ForetokenException(
                ErrorCode.MODEL_LOADING,
                "model '%s' is not loaded yet, and %d sequences wait for it already (model-queue); try again later"
                        .formatted(model.name(), model.line().sequences()));
        return speed.time(bytesBefore(model)).map(full::withRetryAfter).orElse(full);
    }

    /** Bytes that are loaded before the variant is there. */
    private long bytesBefore(ServedModel model) {
        long bytes = 0;
        for (ServedModel other : shelf.all()) {
            boolean sooner = other == model
                    || other.line().isLoading()
                    || (other.line().isWanted()
                            && other.line().since() - model.line().since() < 0);
            long left = Math.round(other.line().need().weights() * (1 - other.progress()));
            bytes += other.opened() == null && sooner ? left : 0;
        }
        return bytes;
    }

    private void leave(ServedModel model, LoadWaiter waiter) {
        lock.lock();
        try {
            model.line().remove(waiter);
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen(ServedModel model) {
        if (closed || model.line().isWithdrawn()) {
            throw new ForetokenException(
                    ErrorCode.DRAINING,
                    "model '" + model.name() + "' is being taken out of service; try another replica");
        }
    }

    /** Loads the variant as a request would; {@code beside}: names of those that may not go for it. */
    CompletableFuture<ModelInfo> want(ServedModel model, Set<String> beside) {
        CompletableFuture<ModelInfo> caller = new CompletableFuture<>();
        lock.lock();
        try {
            requireOpen(model);
            model.line().add(caller, beside, nanoTime.getAsLong());
            wake();
        } finally {
            lock.unlock();
        }
        return caller;
    }

    void keep(ServedModel model, boolean kept) {
        locked(() -> model.line().keep(kept));
    }

    void release(ServedModel model) {
        locked(() -> model.line().release(nanoTime.getAsLong()));
    }

    /** Nobody may ask for it any more. Returns once it is not being loaded. */
    void withdraw(ServedModel model) {
        List<LoadWaiter> waiting;
        lock.lock();
        try {
            model.line().withdraw();
            waiting = model.line().takeWaiting();
            while (model.line().isLoading()) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
        ForetokenException gone = new ForetokenException(
                ErrorCode.DRAINING, "model '" + model.name() + "' was taken out of service before it was loaded");
        waiting.forEach(waiter -> waiter.fail(gone));
    }

    /** Something gave back memory. */
    void freed() {
        locked(() -> {});
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        if (!started) {
            started = true;
            thread.start();
        }
        changed.signalAll();
    }

    private void run() {
        try {
            while (!isClosed()) {
                turn();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private void turn() throws InterruptedException {
        shelf.all().forEach(this::settle);
        ResidencyStep step;
        lock.lock();
        try {
            step = rules.next(residents(), shelf.budget().left(), nanoTime.getAsLong());
            if (step instanceof ResidencyStep.Wait(long until)) {
                sleep(until);
                return;
            }
            if (step instanceof ResidencyStep.Load(String name)) {
                model(name).line().begin(); // from here on nobody withdraws it before it is loaded
            }
        } finally {
            lock.unlock();
        }
        take(step);
    }

    private void take(ResidencyStep step) {
        switch (step) {
            case ResidencyStep.Load(String name) -> load(model(name));
            case ResidencyStep.Leave(String name) -> {
                LOG.log(Logger.Level.INFO, "Unloading {0} to make room", name);
                model(name).drain();
            }
            case ResidencyStep.Refuse(String name, Set<String> kept) -> refuse(model(name), kept);
            case ResidencyStep.Wait wait -> {}
        }
    }

    private ServedModel model(String name) {
        return Objects.requireNonNull(shelf.find(name));
    }

    /** Takes out what has ended, and looks again at what a variant needs once others have come or gone. */
    private void settle(ServedModel model) {
        OpenedModel opened = model.opened();
        if (opened != null && !model.line().isWithdrawn() && hasEnded(opened)) {
            shelf.free(model);
            metrics.unloaded(model.name());
        }
        if (opened == null && model.line().isWanted()) {
            look(model);
        }
    }

    /** What goes wrong fails that variant only: the thread is everybody's. */
    private void look(ServedModel model) {
        try {
            model.line().need(need(model));
        } catch (RuntimeException | Error e) {
            fail(model, known(model, e));
        }
    }

    private static boolean hasEnded(OpenedModel opened) {
        try {
            return opened.loop().awaitEnd(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private ModelNeed need(ServedModel model) {
        try {
            return shelf.opener()
                    .estimate(model.source(), model.options())
                    .map(shelf.opener()::need)
                    .orElse(ModelNeed.UNKNOWN);
        } catch (ForetokenException e) {
            return ModelNeed.UNKNOWN; // the load says what is wrong
        }
    }

    private List<Resident> residents() {
        return shelf.all().stream()
                .filter(model -> !model.line().isWithdrawn())
                .map(this::resident)
                .toList();
    }

    private Resident resident(ServedModel model) {
        LoadLine line = model.line();
        OpenedModel opened = model.opened();
        long lastUse = opened == null ? 0 : lastUse(line, opened);
        return new Resident(
                model.name(),
                opened == null ? line.isWanted() ? Standing.WANTED : Standing.AWAY : standing(opened),
                line.isKept() || opened != null && !opened.adapters().isEmpty(),
                opened != null && opened.loop().live() > 0,
                opened != null && line.isReleased(lastUse),
                model.bytes(),
                line.need(),
                lastUse,
                line.since(),
                line.beside());
    }

    private static long lastUse(LoadLine line, OpenedModel opened) {
        long accepted = opened.loop().lastAccepted();
        return accepted != 0 && accepted - line.loadedAt() > 0 ? accepted : line.loadedAt();
    }

    private static Standing standing(OpenedModel opened) {
        return switch (opened.loop().phase()) {
            case SERVING, BROKEN -> Standing.LOADED;
            case DRAINING, STOPPING, ENDED -> Standing.LEAVING;
        };
    }

    /** Until something changes; a loop that ends does not say so, and is looked after. */
    private void sleep(long until) throws InterruptedException {
        boolean leaving = shelf.all().stream()
                .anyMatch(
                        model -> model.opened() instanceof OpenedModel opened && standing(opened) == Standing.LEAVING);
        long most = leaving ? LOOK_NANOS : LONGEST_WAIT_NANOS;
        long wait = until == Long.MAX_VALUE ? most : Math.clamp(until - nanoTime.getAsLong(), 0, most);
        if (!closed) {
            changed.await(wait, TimeUnit.NANOSECONDS);
        }
    }

    private void load(ServedModel model) {
        long begin = nanoTime.getAsLong();
        try {
            shelf.open(model, model::progress);
        } catch (RuntimeException | Error e) {
            fail(model, known(model, e));
            return;
        }
        long time = nanoTime.getAsLong() - begin;
        speed.loaded(model.line().need().weights(), time);
        metrics.loaded(model.name(), time);
        succeed(model);
    }

    private void succeed(ServedModel model) {
        List<CompletableFuture<ModelInfo>> callers;
        List<LoadWaiter> waiting;
        lock.lock();
        try {
            model.line().succeeded(nanoTime.getAsLong());
            callers = model.line().takeCallers();
            waiting = model.line().takeWaiting();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        callers.forEach(caller -> caller.complete(model.info()));
        waiting.forEach(waiter -> waiter.loaded(model));
    }

    private static ForetokenException known(ServedModel model, Throwable cause) {
        if (cause instanceof ForetokenException found) {
            return found;
        }
        LOG.log(Logger.Level.ERROR, "Model " + model.name() + " could not be loaded", cause);
        return new ForetokenException(
                ErrorCode.RUNTIME_FAILED, "model '" + model.name() + "' could not be loaded", cause);
    }

    private void refuse(ServedModel model, Set<String> kept) {
        long bytes = kept.stream().mapToLong(name -> model(name).bytes()).sum();
        ForetokenException why = new Shortage(
                        shelf.opener(), model, model.line().need())
                .of(shelf.budget().total(), bytes, kept);
        if (model.line().beside().isEmpty()) {
            fail(model, why);
        } else {
            metrics.failed(model.name());
            List<CompletableFuture<ModelInfo>> callers;
            lock.lock();
            try {
                callers = model.line().takeCallers();
            } finally {
                lock.unlock();
            }
            callers.forEach(caller -> caller.completeExceptionally(why));
        }
    }

    private void fail(ServedModel model, ForetokenException why) {
        metrics.failed(model.name());
        List<CompletableFuture<ModelInfo>> callers;
        List<LoadWaiter> waiting;
        lock.lock();
        try {
            model.line().failed(why, nanoTime.getAsLong(), config);
            callers = model.line().takeCallers();
            waiting = model.line().takeWaiting();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        callers.forEach(caller -> caller.completeExceptionally(why));
        waiting.forEach(waiter -> waiter.fail(why));
    }

    /** Fails what waits. A load that is under way ends first. */
    @Override
    public void close() {
        locked(() -> closed = true);
        shelf.all().forEach(this::withdraw);
    }
}

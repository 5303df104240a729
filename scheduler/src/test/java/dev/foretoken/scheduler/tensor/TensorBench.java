package dev.foretoken.scheduler.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.fake.FakeClock;
import dev.foretoken.contract.fake.FakeTensorRuntime;
import dev.foretoken.contract.fake.StepGate;
import dev.foretoken.contract.fake.Tensors;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.scheduler.loop.DeviceArbiter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** A loop over a fake graph on a clock that only the test moves, and callers on threads of their own. */
final class TensorBench {

    static final Duration PATIENCE = Duration.ofMinutes(2);

    final FakeClock clock = new FakeClock();
    final StepGate gate = new StepGate();
    final DeviceArbiter arbiter = new DeviceArbiter();
    final FakeTensorRuntime runtime;
    final TensorLoop loop;

    TensorBench(FakeTensorRuntime graph, TensorConfig config) {
        this.runtime = graph.withGate(gate);
        this.loop = new TensorLoop(new TensorLoop.Setup(
                runtime, config, TensorObserver.NONE, StateMemory.UNBOUNDED, arbiter, clock, Thread::new));
        loop.start();
    }

    static TensorRequest request(long[]... rows) {
        return TensorRequest.of("graph", RequestIdentity.anonymous("r"), List.of(Tensors.rows("x", rows)));
    }

    static TensorRequest of(String tenant, Priority priority, long... row) {
        TensorRequest request =
                TensorRequest.of("graph", new RequestIdentity("r", tenant, ""), List.of(Tensors.rows("x", row)));
        return request.withService(ServiceLevel.DEFAULT.withPriority(priority));
    }

    static TensorRequest within(Duration timeout, long... row) {
        return request(row).withService(ServiceLevel.DEFAULT.withTimeout(timeout));
    }

    /** Asks on a thread of its own. */
    CompletableFuture<TensorAnswer> ask(TensorRequest request) {
        CompletableFuture<TensorAnswer> answer = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                answer.complete(loop.infer(request));
            } catch (ForetokenException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    /** Asks, and returns once the request waits in the loop. */
    CompletableFuture<TensorAnswer> queue(TensorRequest request) {
        int before = loop.waiting();
        CompletableFuture<TensorAnswer> answer = ask(request);
        awaitWaiting(before + 1);
        return answer;
    }

    void awaitWaiting(int requests) {
        awaitCount("waiting", loop::waiting, requests);
    }

    /** A caller may have its answer before the loop has counted it. */
    void awaitLive(int users) {
        awaitCount("live", loop::live, users);
    }

    private static void awaitCount(String what, IntSupplier count, int expected) {
        await(
                () -> "%s: %d, expected %d".formatted(what, count.getAsInt(), expected),
                () -> count.getAsInt() == expected);
    }

    /** Another thread waits for something. */
    static void awaitBlocked(Thread thread) {
        await(() -> thread + " is " + thread.getState(), () -> thread.getState() == Thread.State.WAITING);
    }

    private static void await(Supplier<String> found, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(found).isLessThan(end);
            assertThat(Thread.currentThread().isInterrupted()).as(found).isFalse();
            Thread.onSpinWait();
        }
    }

    /** The device is busy with one request until the gate opens. */
    CompletableFuture<TensorAnswer> occupy() throws InterruptedException {
        CompletableFuture<TensorAnswer> first = ask(request(new long[] {1}));
        awaitRun();
        return first;
    }

    void awaitRun() throws InterruptedException {
        assertThat(gate.awaitArrival(PATIENCE)).isTrue();
    }

    static TensorAnswer get(CompletableFuture<TensorAnswer> answer) {
        try {
            return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static ForetokenException failure(CompletableFuture<TensorAnswer> answer) {
        try {
            throw new AssertionError("answered " + answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return (ForetokenException) e.getCause();
        } catch (TimeoutException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static void assertFailed(CompletableFuture<TensorAnswer> answer, ErrorCode code) {
        assertThat(failure(answer).code()).isEqualTo(code);
    }

    static long[] doubled(CompletableFuture<TensorAnswer> answer) {
        return Tensors.longs(get(answer).outputs().getFirst());
    }

    static long total(CompletableFuture<TensorAnswer> answer) {
        return Tensors.longs(get(answer).outputs().getLast())[0];
    }

    void close() throws InterruptedException {
        gate.open();
        loop.stop();
        assertThat(loop.awaitEnd(PATIENCE)).isTrue();
        assertThat(runtime.isClosed()).isTrue();
        assertThat(runtime.openSessions()).isZero();
        assertThat(loop.live()).isZero();
        assertThat(loop.waiting()).isZero();
    }
}

package dev.foretoken.scheduler.loop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.fake.FakeModel;
import dev.foretoken.contract.fake.FakeTensorRuntime;
import dev.foretoken.contract.fake.StepGate;
import dev.foretoken.contract.fake.Tensors;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.tensor.StateMemory;
import dev.foretoken.scheduler.tensor.TensorConfig;
import dev.foretoken.scheduler.tensor.TensorLoop;
import dev.foretoken.scheduler.tensor.TensorObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** A model that generates and a graph of tensors on one device, both with more to do than they get done. */
class SharedDeviceTest {

    private static final int TURNS = 4;

    private final DeviceArbiter arbiter = new DeviceArbiter();
    private final StepGate steps = new StepGate();
    private final StepGate runs = new StepGate();

    private TensorLoop graph() {
        return new TensorLoop(new TensorLoop.Setup(
                FakeTensorRuntime.ragged(16).withGate(runs),
                TensorConfig.DEFAULT.withBatch(TensorConfig.Batch.DEFAULT.withRows(1)),
                TensorObserver.NONE,
                StateMemory.UNBOUNDED,
                arbiter,
                System::nanoTime,
                Thread::new));
    }

    @Test
    void stepsOfOneAndRunsOfTheOtherTakeTurnsOneByOne() throws Exception {
        TensorLoop graph = graph();
        graph.start();
        try (LoopFixture text = new LoopFixture(
                        FakeModel.ofContext(100, 64).withGate(steps), SchedulerConfig.DEFAULT, arbiter);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                takeTurns(text, graph, callers);
            } finally {
                steps.open();
                runs.open();
            }
        } finally {
            graph.stop();
            assertThat(graph.awaitEnd(LoopFixture.PATIENCE)).isTrue();
        }
    }

    private void takeTurns(LoopFixture text, TensorLoop graph, ExecutorService callers) throws InterruptedException {
        text.loop.submit(GenerationRequest.greedy("r", "demo", Prompt.of(1), 2 * TURNS));
        assertThat(steps.awaitArrival(LoopFixture.PATIENCE)).isTrue();
        for (int i = 0; i < 2 * TURNS; i++) {
            callers.submit(() -> graph.infer(TensorRequest.of(
                    "graph", RequestIdentity.anonymous("r"), List.of(Tensors.rows("x", new long[] {1})))));
        }
        for (int turn = 0; turn < TURNS; turn++) {
            handOver(steps, runs);
            handOver(runs, steps);
        }
    }

    /** One has the device, the other waits for it: the next to have it is that other, and the one had it once. */
    private void handOver(StepGate from, StepGate to) throws InterruptedException {
        long end = System.nanoTime() + LoopFixture.PATIENCE.toNanos();
        while (!arbiter.isContended()) {
            assertThat(System.nanoTime()).as("the other loop waits").isLessThan(end);
            Thread.onSpinWait();
        }
        from.release(1);
        assertThat(to.awaitArrival(LoopFixture.PATIENCE)).isTrue();
        assertThat(from.awaitArrival(Duration.ZERO)).isFalse();
    }
}

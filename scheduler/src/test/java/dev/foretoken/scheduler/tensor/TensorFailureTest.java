package dev.foretoken.scheduler.tensor;

import static dev.foretoken.scheduler.tensor.TensorBench.assertFailed;
import static dev.foretoken.scheduler.tensor.TensorBench.of;
import static dev.foretoken.scheduler.tensor.TensorBench.request;
import static dev.foretoken.scheduler.tensor.TensorBench.total;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.SessionUse;
import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.fake.FakeTensorRuntime;
import dev.foretoken.contract.fake.FakeTensorRuntime.Run;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.scheduler.loop.DeviceArbiter;
import dev.foretoken.scheduler.loop.LoopPhase;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TensorFailureTest {

    /** A clock that fails for one thread, once it is told to. */
    private static final class BrokenClock {
        volatile Thread loop = Thread.currentThread();
        volatile boolean broken;

        Thread thread(Runnable work) {
            loop = new Thread(work);
            return loop;
        }

        long now() {
            if (broken && Thread.currentThread() == loop) {
                throw new IllegalStateException("the clock was told to fail");
            }
            return 0;
        }
    }

    @Test
    void aLoopThatFailsOutsideARunAnswersEverybodyAndIsBroken() throws InterruptedException {
        BrokenClock clock = new BrokenClock();
        FakeTensorRuntime runtime = FakeTensorRuntime.plain();
        TensorLoop loop = new TensorLoop(new TensorLoop.Setup(
                runtime,
                TensorConfig.DEFAULT,
                TensorObserver.NONE,
                StateMemory.UNBOUNDED,
                new DeviceArbiter(),
                clock::now,
                clock::thread));
        loop.start();
        assertThat(loop.infer(request(new long[] {1})).outputs()).hasSize(2);
        clock.broken = true;
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> loop.infer(request(new long[] {1})))
                    .isInstanceOfSatisfying(
                            ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.RUNTIME_FAILED));
            assertThat(loop.phase()).isEqualTo(LoopPhase.BROKEN);
        }
        assertThat(loop.live()).isZero();
        loop.drain();
        assertThat(loop.awaitEnd(TensorBench.PATIENCE)).isTrue();
        assertThat(runtime.isClosed()).isTrue();
    }

    @Test
    void aFailureOfTheMachineIsNotRepeatedForEachRequest() throws InterruptedException {
        FakeTensorRuntime runtime = FakeTensorRuntime.plain().onRun(run -> {
            if (run.rows() > 1) {
                throw new ForetokenException(ErrorCode.INSUFFICIENT_MEMORY, "no memory is left");
            }
        });
        TensorBench bench = new TensorBench(runtime, TensorConfig.DEFAULT);
        CompletableFuture<TensorAnswer> first = bench.occupy();
        CompletableFuture<TensorAnswer> one = bench.queue(request(new long[] {1, 2}));
        CompletableFuture<TensorAnswer> other = bench.queue(request(new long[] {3, 4}));
        bench.gate.open();
        assertThat(total(first)).isEqualTo(1);
        assertFailed(one, ErrorCode.INSUFFICIENT_MEMORY);
        assertFailed(other, ErrorCode.INSUFFICIENT_MEMORY);
        assertThat(bench.runtime.runs()).containsExactly(new Run(1, 1), new Run(2, 2));
        bench.close();
    }

    /** {@code doubled} has one dimension that only a run tells: 16 bytes are promised, 32 come. */
    @Test
    void outputsThatAreTooLargeAreNotCopiedAndEndTheirStream() throws InterruptedException {
        TensorBench bench = new TensorBench(FakeTensorRuntime.plain(), TensorConfig.DEFAULT.withAnswerBytes(31));
        bench.gate.open();
        SessionUse start = new SessionUse(1, true, false);
        assertThat(total(bench.ask(of("a", Priority.NORMAL, 1, 2).withSession(start))))
                .isEqualTo(3);
        TensorRequest large = of("a", Priority.NORMAL, 1, 2, 3).withSession(new SessionUse(1, false, false));
        assertFailed(bench.ask(large), ErrorCode.PAYLOAD_TOO_LARGE);
        assertThat(bench.loop.sessions()).isZero();
        bench.close();
    }

    @Test
    void answersThatAreTooLargeTogetherAreMadeAlone() throws InterruptedException {
        TensorBench bench = new TensorBench(FakeTensorRuntime.plain(), TensorConfig.DEFAULT.withAnswerBytes(31));
        bench.occupy();
        List<CompletableFuture<TensorAnswer>> answers =
                List.of(bench.queue(request(new long[] {1, 2})), bench.queue(request(new long[] {3, 4})));
        bench.gate.open();
        assertThat(total(answers.get(0))).isEqualTo(3);
        assertThat(total(answers.get(1))).isEqualTo(7);
        bench.close();
    }
}

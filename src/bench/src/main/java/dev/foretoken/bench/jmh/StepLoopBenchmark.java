package dev.foretoken.bench.jmh;

import dev.foretoken.bench.scripted.SilentObserver;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.scheduler.PlannedStep;
import dev.foretoken.scheduler.Scheduler;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.SchedulerSetup;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What the scheduler spends on one decoded token when the runtime takes no time: plan, commit, events. One operation is
 * one token; with {@code -prof gc}, {@code gc.alloc.rate.norm} is the bytes the step loop allocates per token, its events
 * included.
 */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StepLoopBenchmark {
    private static final int TOKENS = 64;
    private static final int PROMPT = 64;

    /** Sequences that decode together; divides {@link #TOKENS}. */
    @Param({"1", "8", "64"})
    public int sequences;

    private Scheduler scheduler;
    private InstantRuntime runtime;
    private SplittableRandom random;
    private long now;
    private long requests;

    @Setup
    public void open() {
        runtime = new InstantRuntime();
        scheduler = new Scheduler(
                new SchedulerSetup(
                        "m",
                        runtime.shape(),
                        runtime.capabilities(),
                        InstantRuntime.reservation(sequences),
                        SchedulerConfig.DEFAULT,
                        new byte[16]),
                new SilentObserver());
        random = new SplittableRandom(1);
    }

    @TearDown
    public void close() {
        scheduler.close();
    }

    @Benchmark
    @OperationsPerInvocation(TOKENS)
    public void decodeOneToken(Blackhole events) {
        for (int drawn = 0; drawn < TOKENS; ) {
            drawn += step(events);
        }
    }

    /** Returns how many rows the step had: tokens, but for the few steps that compute prompts. */
    private int step(Blackhole events) {
        PlannedStep step = scheduler.plan(now++);
        if (step == null) {
            submit(events);
            return 0;
        }
        scheduler.commit(step, runtime.execute(step.plan()), now++);
        return step.plan().rows();
    }

    private void submit(Blackhole events) {
        for (int i = 0; i < sequences; i++) {
            int[] prompt = random.ints(PROMPT, 0, InstantRuntime.VOCABULARY).toArray();
            GenerationRequest request =
                    GenerationRequest.greedy("r" + requests++, "m", Prompt.of(prompt), InstantRuntime.CONTEXT - PROMPT);
            scheduler.submit(request, now, events::consume);
        }
    }
}

package dev.foretoken.bench.jmh;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.scheduler.SchedulerConfig;
import dev.foretoken.scheduler.host.HostConfig;
import dev.foretoken.scheduler.host.HostEnvironment;
import dev.foretoken.scheduler.host.SchedulerHost;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * What one decoded token costs from the runtime to the thread that reads it, when the runtime takes no time: the whole
 * loop with its mailbox and event queues. One operation is one round of whole answers divided by their tokens; with {@code
 * -prof gc}, {@code gc.alloc.rate.norm} counts both threads, admission and the reader's share included.
 */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EngineLoopBenchmark {
    private static final int SEQUENCES = 64;
    private static final int PROMPT = 64;
    private static final int ANSWER = 512;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private SchedulerHost host;
    private SplittableRandom random;
    private long requests;

    @Setup
    public void open() {
        host = new SchedulerHost(
                HostConfig.DEFAULT,
                SchedulerConfig.DEFAULT,
                HostEnvironment.ofProcess(List.of(new InstantRuntime.Provider()), DeviceSpec.cpu(1), Telemetry.NONE));
        host.load(new ModelSource("m", URI.create("instant:m"), ""), RuntimeOptions.DEFAULT, LoadProgress.SILENT);
        random = new SplittableRandom(1);
    }

    @TearDown
    public void close() {
        host.close();
    }

    @Benchmark
    @OperationsPerInvocation(SEQUENCES * ANSWER)
    public void answerOneToken(Blackhole events) throws InterruptedException {
        Generation[] generations = new Generation[SEQUENCES];
        for (int i = 0; i < SEQUENCES; i++) {
            int[] prompt = random.ints(PROMPT, 0, InstantRuntime.VOCABULARY).toArray();
            generations[i] = host.submit(GenerationRequest.greedy("r" + requests++, "m", Prompt.of(prompt), ANSWER));
        }
        for (Generation generation : generations) {
            while (!generation.isDone()) {
                EngineEvent event = generation.next(PATIENCE).orElseThrow();
                events.consume(event);
            }
        }
    }
}

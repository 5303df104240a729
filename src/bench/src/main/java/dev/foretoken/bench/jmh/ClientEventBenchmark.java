package dev.foretoken.bench.jmh;

import dev.foretoken.bench.client.StreamReading;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the load generator spends to read one event, without the network: the share of a measured latency that is its own. */
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ClientEventBenchmark {
    private static final int EVENTS = 256;

    private final StreamReading stream = new StreamReading(EVENTS);

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public int readOneEvent() {
        return stream.read();
    }
}

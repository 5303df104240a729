package dev.foretoken.bench.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.infra.Blackhole;

/** The bar of the step loop, without JMH's forks: bytes are counted, not timed, so a busy machine changes nothing. */
class StepLoopAllocationTest {
    private static final int TOKENS_PER_CALL = 64;
    private static final int CALLS = 4_000;
    private static final Blackhole EVENTS = new Blackhole(
            "Today's password is swordfish. I understand instantiating Blackholes directly is dangerous.");

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 64})
    void aDecodedTokenCostsAtMostAHundredBytes(int sequences) {
        StepLoopBenchmark loop = new StepLoopBenchmark();
        loop.sequences = sequences;
        loop.open();
        decode(loop);
        long before = threads.getCurrentThreadAllocatedBytes();
        decode(loop);
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;
        loop.close();
        double perToken = (double) bytes / (CALLS * TOKENS_PER_CALL);
        assertThat(perToken).isBetween(16.0, 100.0);
    }

    private static void decode(StepLoopBenchmark loop) {
        for (int i = 0; i < CALLS; i++) {
            loop.decodeOneToken(EVENTS);
        }
    }
}

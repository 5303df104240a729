package dev.foretoken.gateway.http;

import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.fake.FakeGeneration;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What the edge costs with an engine that answers at once: run with {@code -Dedge.bench=true}; see the module's README. CPU time is that of
 * event loops and virtual threads' carriers, so that clients and the fake engine in the same process do not count.
 */
@QuarkusTest
@EnabledIfSystemProperty(named = "edge.bench", matches = "true")
class EdgeCostBench {

    private static final int STREAMS = 64;
    private static final int STEPS = 4000;
    private static final int REQUESTS = 20_000;

    @Inject
    TestEdge edge;

    @TestHTTPResource("/")
    URI root;

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    @Test
    void latencyOfAWholeAnswer() throws Exception {
        edge.reset();
        edge.engine.answering(edge.tokenizer.encode("A", false)[0]);
        long[] nanos = new long[REQUESTS];
        try (RawConnection connection = new RawConnection(root)) {
            for (int i = 0; i < REQUESTS; i++) {
                long start = System.nanoTime();
                connection.post("/v1/completions", "{\"model\":\"toy\",\"prompt\":\"Hi\"}");
                connection.readUntil("}}}");
                nanos[i] = System.nanoTime() - start;
                edge.engine.forgetSubmitted();
            }
        }
        long[] warm = Arrays.copyOfRange(nanos, REQUESTS / 2, REQUESTS);
        Arrays.sort(warm);
        System.out.printf(
                "request to answer: p50 %d us, p90 %d us, p99 %d us%n",
                warm[warm.length / 2] / 1000, warm[warm.length * 9 / 10] / 1000, warm[warm.length * 99 / 100] / 1000);
    }

    @Test
    void cpuPerStreamedToken() throws Exception {
        edge.reset();
        int token = edge.tokenizer.encode("A", false)[0];
        edge.engine.behaving(generation -> generation.started(0, 0));
        List<Thread> readers = new ArrayList<>();
        List<FakeGeneration> generations = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            readers.add(Thread.ofPlatform().name("reader-" + i).start(this::readStream));
            generations.add(edge.engine.nextSubmitted());
        }
        long warmUp = step(generations, token, STEPS / 2);
        long cpuBefore = edgeCpuNanos();
        long elapsed = step(generations, token, STEPS);
        long cpu = edgeCpuNanos() - cpuBefore;
        generations.forEach(generation -> generation.finished(0, FinishReason.LENGTH));
        for (Thread reader : readers) {
            reader.join();
        }
        System.out.printf(
                "%d streams: %.1f us of edge CPU per token (%d tokens in %d ms; warm-up %d ms)%n",
                STREAMS, cpu / 1e3 / STREAMS / STEPS, (long) STREAMS * STEPS, elapsed / 1_000_000, warmUp / 1_000_000);
    }

    /** One token to every stream per step, paced so that each is its own event. */
    private static long step(List<FakeGeneration> generations, int token, int steps) {
        long start = System.nanoTime();
        for (int step = 0; step < steps; step++) {
            generations.forEach(generation -> generation.token(0, token));
            LockSupport.parkNanos(4_000_000);
        }
        return System.nanoTime() - start;
    }

    private void readStream() {
        try (RawConnection connection = new RawConnection(root)) {
            connection.post("/v1/completions", "{\"model\":\"toy\",\"prompt\":\"Hi\",\"stream\":true}");
            connection.drain();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private long edgeCpuNanos() {
        long sum = 0;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null
                    && thread.getThreadName().matches("ForkJoinPool-\\d+-worker-.*|vert\\.x-.*|VirtualThread-.*")) {
                sum += Math.max(0, threads.getThreadCpuTime(thread.getThreadId()));
            }
        }
        return sum;
    }
}

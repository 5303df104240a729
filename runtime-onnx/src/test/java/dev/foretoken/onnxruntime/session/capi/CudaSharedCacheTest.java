package dev.foretoken.onnxruntime.session.capi;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import dev.foretoken.onnxruntime.session.GraphSession;
import dev.foretoken.onnxruntime.session.SessionOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cache that stays on the GPU. Times here are compared with times of the same machine and minute, never with a number. */
class CudaSharedCacheTest {

    /** 256 MiB, which crosses the bus in milliseconds and is read on the device in a fraction of one. */
    private static final int ROWS = 1 << 16;

    private static final int WIDTH = 1 << 10;
    private static final int STEPS = 500;
    private static final int ROUNDS = 5;

    private final CApiSessionFactory factory = new CApiSessionFactory(OrtEnvironment.getEnvironment(), 1);

    @TempDir
    Path folder;

    @BeforeEach
    void skipWithoutGpu() {
        CudaGraphSessionTest.assumeGpu(factory);
    }

    @AfterEach
    void close() {
        factory.close();
    }

    private GraphSession open() {
        Path model = CacheSteps.graph(WIDTH).write(folder.resolve("cache.onnx"));
        return factory.open(model, CudaGraphSessionTest.FIRST, SessionOptions.DEFAULT);
    }

    private static long nanos(int count, IntConsumer step) {
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            step.accept(i);
        }
        return System.nanoTime() - start;
    }

    @Test
    void takesLessForAStepThanACopyOfTheCacheToTheHostWould() {
        try (GraphSession session = open();
                CacheSteps steps = new CacheSteps(session, ROWS, WIDTH);
                Arena arena = Arena.ofShared()) {
            nanos(STEPS, i -> steps.step(i, 1));
            long step = nanos(STEPS, i -> steps.step(i, 2)) / STEPS;
            MemorySegment copy = arena.allocate(steps.cache().bytes());
            steps.cache().read(0, copy);
            long there = nanos(ROUNDS, i -> steps.cache().read(0, copy)) / ROUNDS;

            assertThat(step).isLessThan(there / 2);
            assertThat(steps.score(STEPS - 1)).isEqualTo(4);
        }
    }

    @Test
    void reachesNineTenthsOfABareLoopInC() {
        try (GraphSession session = open();
                CacheSteps steps = new CacheSteps(session, ROWS, WIDTH);
                BareSteps bare = new BareSteps((CGraphSession) session, ROWS, WIDTH)) {
            long ours = Long.MAX_VALUE;
            long theirs = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                theirs = Math.min(theirs, nanos(STEPS, i -> bare.step(i, 1)));
                ours = Math.min(ours, nanos(STEPS, i -> steps.step(i, 1)));
            }
            assertThat((double) theirs / ours).isGreaterThanOrEqualTo(0.9);
        }
    }

    @Test
    void copiesRangesThatOverlapOnTheDevice() {
        try (GraphSession session = open();
                var memory = session.allocate(8);
                Arena arena = Arena.ofShared()) {
            memory.write(MemorySegment.ofArray(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}), 0);
            memory.copy(0, memory, 2, 6);
            MemorySegment read = arena.allocate(8);
            memory.read(0, read);
            assertThat(read.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE)).containsExactly(1, 2, 1, 2, 3, 4, 5, 6);
        }
    }
}

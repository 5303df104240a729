package dev.foretoken.bench.batch;

import dev.foretoken.bench.engine.GenerationTimes;
import dev.foretoken.bench.engine.LocalEngine;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Callers that arrive as a Poisson process, whatever the engine does, and read their answers token by token. */
final class InteractiveLoad implements AutoCloseable {

    /**
     * One answer.
     *
     * @param arrivedNanos when it should have been asked for, by the schedule
     * @param tokenNanos when its tokens came
     */
    record Timed(long arrivedNanos, long[] tokenNanos) {}

    private static final long LOOK_NANOS = 50_000_000;

    private final LocalEngine engine;
    private final TextShape shape;
    private final long seed;
    private final AtomicBoolean ended = new AtomicBoolean();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Future<List<Future<Timed>>> arriving;

    /**
     * Begins.
     *
     * @param arrivals decides when they come
     * @param seed decides their prompts
     */
    InteractiveLoad(LocalEngine engine, TextShape shape, double perSecond, long arrivals, long seed) {
        this.engine = engine;
        this.shape = shape;
        this.seed = seed;
        this.arriving = threads.submit(() -> arrive(perSecond, new SplittableRandom(arrivals)));
    }

    private List<Future<Timed>> arrive(double perSecond, SplittableRandom random) {
        List<Future<Timed>> asked = new ArrayList<>();
        int vocabulary = engine.model().vocabularySize();
        double next = System.nanoTime();
        while (true) {
            next += random.nextExponential() * 1e9 / perSecond;
            long at = (long) next;
            awaitOrEnd(at);
            if (ended.get()) {
                return asked;
            }
            int[] prompt = shape.prompt(seed, asked.size(), vocabulary);
            Generation generation = engine.engine().submit(request(asked.size(), prompt));
            asked.add(threads.submit(() -> new Timed(at, read(generation))));
        }
    }

    private void awaitOrEnd(long at) {
        for (long left = at - System.nanoTime(); left > 0 && !ended.get(); left = at - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, LOOK_NANOS));
        }
    }

    private GenerationRequest request(int number, int... prompt) {
        String id = "caller-" + seed + "-" + number;
        return GenerationRequest.greedy(id, LocalEngine.MODEL, Prompt.of(prompt), shape.generate());
    }

    private long[] read(Generation generation) throws InterruptedException {
        return GenerationTimes.read(generation, shape.generate(), System::nanoTime, () -> {});
    }

    /** Nobody arrives any more. Returns all answers, in the order of their arrival, when they have ended. */
    List<Timed> finish() throws InterruptedException {
        ended.set(true);
        try {
            List<Timed> answers = new ArrayList<>();
            for (Future<Timed> one : arriving.get()) {
                answers.add(one.get());
            }
            return answers;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a caller was not answered: " + e.getCause(), e);
        }
    }

    @Override
    public void close() {
        ended.set(true);
        threads.shutdownNow();
    }
}

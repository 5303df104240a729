package dev.foretoken.bench.graph;

import dev.foretoken.bench.engine.LocalEngine;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.scheduler.host.HostConfig;
import dev.foretoken.scheduler.tensor.TensorConfig;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

/**
 * The engine that a server has, in this process: every run is a request that is checked, queued, run by the model's thread and answered. One
 * caller waits for each answer before it asks again; two keep the model's thread at work, as the callers of a loaded server do. Their requests
 * are not joined: a run is of the same batch as those of the other loops.
 */
final class PlatformLoop implements GraphLoop {

    private static final String MODEL = "graph";

    private final LocalEngine engine;
    private final List<Tensor> inputs;
    private final ExecutorService callers;
    private final Deque<Future<?>> underWay = new ArrayDeque<>();
    private final int count;
    private final AtomicLong requests = new AtomicLong();

    private PlatformLoop(LocalEngine engine, List<Tensor> inputs, int count) {
        this.engine = engine;
        this.inputs = inputs;
        this.count = count;
        this.callers = Executors.newFixedThreadPool(count);
    }

    /**
     * Loads the graph as a server would.
     *
     * @param callers requests that are under way at a time, at least 1
     */
    static PlatformLoop open(Path model, DeviceSpec device, List<Feed> feeds, int callers) {
        List<Tensor> inputs = feeds.stream().map(PlatformLoop::tensor).toList();
        HostConfig config =
                HostConfig.DEFAULT.withTensors(TensorConfig.DEFAULT.withBatch(TensorConfig.Batch.DEFAULT.withRows(1)));
        LocalEngine engine =
                LocalEngine.open(config, LocalEngine.source(MODEL, model.toString()), RuntimeOptions.DEFAULT, device);
        return new PlatformLoop(engine, inputs, callers);
    }

    private static Tensor tensor(Feed feed) {
        List<Long> shape = LongStream.of(feed.shape()).boxed().toList();
        return new Tensor(feed.name(), feed.type(), shape, feed.data());
    }

    @Override
    public String name() {
        return count == 1 ? "platform" : "platform, %d callers".formatted(count);
    }

    /** Of several callers' requests it waits for the oldest. */
    @Override
    public void run() {
        if (count == 1) {
            infer();
            return;
        }
        while (underWay.size() < count) {
            underWay.add(callers.submit(this::infer));
        }
        await(underWay.remove());
    }

    private void infer() {
        RequestIdentity identity = RequestIdentity.anonymous("bench-" + requests.getAndIncrement());
        engine.tensors().infer(TensorRequest.of(MODEL, identity, inputs));
    }

    private static void await(Future<?> request) {
        try {
            request.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a request failed", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a request ran", e);
        }
    }

    @Override
    public void settle() {
        while (!underWay.isEmpty()) {
            await(underWay.remove());
        }
    }

    @Override
    public void close() {
        callers.close();
        engine.close();
    }
}

package dev.foretoken.bench.graph;

import dev.foretoken.bench.engine.LocalEngine;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;

/** The engine that a server has, in this process: every run is a request that is checked, queued, run by the model's thread and answered. */
final class PlatformLoop implements GraphLoop {

    private static final String MODEL = "graph";

    private final LocalEngine engine;
    private final List<Tensor> inputs;
    private long requests;

    private PlatformLoop(LocalEngine engine, List<Tensor> inputs) {
        this.engine = engine;
        this.inputs = inputs;
    }

    /** Loads the graph as a server would. */
    static PlatformLoop open(Path model, DeviceSpec device, List<Feed> feeds) {
        List<Tensor> inputs = feeds.stream().map(PlatformLoop::tensor).toList();
        return new PlatformLoop(
                LocalEngine.open(LocalEngine.source(MODEL, model.toString()), RuntimeOptions.DEFAULT, device), inputs);
    }

    private static Tensor tensor(Feed feed) {
        List<Long> shape = LongStream.of(feed.shape()).boxed().toList();
        return new Tensor(feed.name(), feed.type(), shape, feed.data());
    }

    @Override
    public String name() {
        return "platform";
    }

    @Override
    public void run() {
        RequestIdentity identity = RequestIdentity.anonymous("bench-" + requests++);
        engine.tensors().infer(TensorRequest.of(MODEL, identity, inputs));
    }

    @Override
    public void close() {
        engine.close();
    }
}

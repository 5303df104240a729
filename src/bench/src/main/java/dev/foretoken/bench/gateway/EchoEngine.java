package dev.foretoken.bench.gateway;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.Engine;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.LoadReport;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.request.GenerationRequest;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * An engine that gives every running request one token per {@link #step}, as continuous batching does, and computes nothing. Requests may come
 * from any thread; one thread steps.
 */
final class EchoEngine implements Engine {

    private final ModelInfo info;
    private final LongSupplier nanoClock;
    private final Consumer<Mark> marks;
    private final ConcurrentLinkedQueue<EchoGeneration> running = new ConcurrentLinkedQueue<>();

    /**
     * @param nanoClock monotonic
     * @param marks is told of every first token once it is out
     */
    EchoEngine(String model, ModelInfo.Sizes sizes, LongSupplier nanoClock, Consumer<Mark> marks) {
        this.info = ModelInfo.of(model, ModelState.READY, Instant.now()).withSizes(sizes);
        this.nanoClock = nanoClock;
        this.marks = marks;
    }

    /** One token for each request that runs. */
    void step() {
        running.removeIf(generation -> {
            boolean first = generation.isFresh();
            long now = nanoClock.getAsLong();
            boolean goesOn = generation.emit();
            if (first) {
                marks.accept(generation.markedAt(now));
            }
            return !goesOn;
        });
    }

    @Override
    public Generation submit(GenerationRequest request) {
        if (request.choices() != 1 || request.prompt().size() == 0) {
            throw new ForetokenException(
                    ErrorCode.UNSUPPORTED_FEATURE, "this engine echoes prompts of at least one token, once");
        }
        EchoGeneration generation = new EchoGeneration(request, nanoClock.getAsLong());
        running.add(generation);
        return generation;
    }

    @Override
    public List<ModelInfo> models() {
        return List.of(info);
    }

    @Override
    public LoadReport report() {
        return new LoadReport(List.of(), 0, 0, false);
    }
}

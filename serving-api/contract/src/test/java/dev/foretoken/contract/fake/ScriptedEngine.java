package dev.foretoken.contract.fake;

import dev.foretoken.contract.engine.Engine;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.LoadReport;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.request.GenerationRequest;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

/** An engine that answers each request with the events a test writes, at once or one by one. */
public final class ScriptedEngine implements Engine {

    private final Function<GenerationRequest, List<EngineEvent>> script;
    private final BlockingQueue<ScriptedGeneration> submitted = new LinkedBlockingQueue<>();
    private final ModelInfo model;

    /** {@code script} gives the events that are ready at once; it may throw to refuse the request. */
    public ScriptedEngine(String model, Function<GenerationRequest, List<EngineEvent>> script) {
        this.script = script;
        this.model = new ModelInfo(model, ModelState.READY, 1000, 256, "scripted", "scripted-1", Instant.EPOCH);
    }

    @Override
    public Generation submit(GenerationRequest request) {
        ScriptedGeneration generation = new ScriptedGeneration(request);
        script.apply(request).forEach(generation::emit);
        submitted.add(generation);
        return generation;
    }

    /** The oldest generation not taken yet; waits for it. */
    public ScriptedGeneration takeSubmitted() throws InterruptedException {
        return submitted.take();
    }

    @Override
    public List<ModelInfo> models() {
        return List.of(model);
    }

    @Override
    public LoadReport report() {
        return new LoadReport(List.of(), 0, 0, false);
    }
}

package dev.foretoken.gateway.fake;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.Engine;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.LoadReport;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.engine.TensorAnswer;
import dev.foretoken.contract.engine.TensorEngine;
import dev.foretoken.contract.engine.TensorRequest;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.TokenIds;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.text.Tokenizer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** An engine with one graph that computes what a test says. */
public final class FakeGraph implements Engine, TensorEngine {

    private final TensorSignature signature;
    private final CopyOnWriteArrayList<TensorRequest> requests = new CopyOnWriteArrayList<>();
    private volatile boolean silent;
    private volatile ModelInfo info;
    private volatile Function<TensorRequest, List<Tensor>> computing;

    public FakeGraph(
            String model,
            TensorSignature signature,
            Set<ModelTask> tasks,
            Function<TensorRequest, List<Tensor>> computing) {
        this.signature = signature;
        this.computing = computing;
        this.info = ModelInfo.of(model, ModelState.READY, Instant.EPOCH)
                .withOffer(ModelInfo.Offer.GENERATION.withTasks(tasks));
    }

    public ServedModel served(Optional<Tokenizer> tokenizer) {
        return new ServedModel(
                info.name(), tokenizer, Optional.empty(), TokenIds.EMPTY, List.of(new EngineEndpoint("local", this)));
    }

    public void computing(Function<TensorRequest, List<Tensor>> other) {
        computing = other;
    }

    /** Does not say what it takes: as a pod that cannot be reached. */
    public FakeGraph silent() {
        silent = true;
        return this;
    }

    public void withState(ModelState state) {
        info = info.withState(state);
    }

    /** In the order in which they came. */
    public List<TensorRequest> requests() {
        return List.copyOf(requests);
    }

    public void forget() {
        requests.clear();
    }

    @Override
    public TensorSignature signature(String model) {
        if (silent) {
            throw new ForetokenException(ErrorCode.REPLICA_UNAVAILABLE, "cannot be reached");
        }
        return signature;
    }

    @Override
    public TensorAnswer infer(TensorRequest request) {
        requests.add(request);
        return new TensorAnswer(computing.apply(request), new TensorAnswer.Timings(0, 0, 1));
    }

    @Override
    public Generation submit(GenerationRequest request) {
        throw new ForetokenException(ErrorCode.UNSUPPORTED_FEATURE, "a graph generates nothing");
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

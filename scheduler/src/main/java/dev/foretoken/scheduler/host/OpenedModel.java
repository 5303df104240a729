package dev.foretoken.scheduler.host;

import dev.foretoken.contract.engine.AdapterInfo;
import dev.foretoken.contract.runtime.ComputeInfo;
import dev.foretoken.contract.runtime.ExpertLoad;
import dev.foretoken.contract.runtime.HeldAs;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.scheduler.loop.ModelLoop;
import dev.foretoken.scheduler.loop.SchedulerLoop;
import dev.foretoken.scheduler.tensor.TensorLoop;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a loaded variant consists of. {@code memory}: what it takes of the budget, adapters apart. */
record OpenedModel(
        String runtimeName,
        Optional<ComputeInfo> compute,
        HeldAs heldAs,
        List<ExpertLoad> expertLoads,
        Work work,
        MemoryShare memory) {

    /** What it does, and the loop that does it. */
    sealed interface Work {

        ModelLoop loop();

        /** Tokens of sequences. */
        record Sequences(ModelShape shape, SchedulerLoop loop, AdapterTable adapters) implements Work {}

        /** Runs of a graph. */
        record Tensors(TensorSignature signature, Set<ModelTask> tasks, TensorLoop loop) implements Work {}
    }

    ModelLoop loop() {
        return work.loop();
    }

    Optional<Work.Sequences> sequences() {
        return work instanceof Work.Sequences sequences ? Optional.of(sequences) : Optional.empty();
    }

    Optional<Work.Tensors> tensors() {
        return work instanceof Work.Tensors tensors ? Optional.of(tensors) : Optional.empty();
    }

    /** Adapters that requests can name. */
    List<AdapterInfo> adapters() {
        return sequences().map(own -> own.adapters().ready()).orElse(List.of());
    }

    long adapterBytes() {
        return sequences().map(own -> own.adapters().bytes()).orElse(0L);
    }
}

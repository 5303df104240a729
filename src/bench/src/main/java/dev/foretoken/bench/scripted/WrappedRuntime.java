package dev.foretoken.bench.scripted;

import dev.foretoken.contract.runtime.AdapterWeights;
import dev.foretoken.contract.runtime.CacheCommand;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.ComputeInfo;
import dev.foretoken.contract.runtime.ExpertLoad;
import dev.foretoken.contract.runtime.HeldAs;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Hands every call on. */
public class WrappedRuntime implements SequenceRuntime {
    private final SequenceRuntime inner;

    public WrappedRuntime(SequenceRuntime inner) {
        this.inner = inner;
    }

    @Override
    public ModelShape shape() {
        return inner.shape();
    }

    @Override
    public Capabilities capabilities() {
        return inner.capabilities();
    }

    @Override
    public void reserve(CacheReservation reservation) {
        inner.reserve(reservation);
    }

    @Override
    public AdapterWeights openAdapter(Path folder) {
        return inner.openAdapter(folder);
    }

    @Override
    public void apply(CacheCommand command) {
        inner.apply(command);
    }

    @Override
    public void begin(StepPlan plan) {
        inner.begin(plan);
    }

    @Override
    public StepResult await() {
        return inner.await();
    }

    @Override
    public long residentBytes() {
        return inner.residentBytes();
    }

    @Override
    public Optional<ComputeInfo> compute() {
        return inner.compute();
    }

    @Override
    public HeldAs heldAs() {
        return inner.heldAs();
    }

    @Override
    public List<ExpertLoad> expertLoads() {
        return inner.expertLoads();
    }

    @Override
    public void close() {
        inner.close();
    }
}

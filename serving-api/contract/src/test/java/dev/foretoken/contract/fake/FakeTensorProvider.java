package dev.foretoken.contract.fake;

import dev.foretoken.contract.runtime.Availability;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelRuntime;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeEstimate;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeProvider;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Opens {@link FakeTensorRuntime}s for locations {@code tensor:ANYTHING}. Handed to hosts by tests; never found by a ServiceLoader. */
public final class FakeTensorProvider implements RuntimeProvider {

    private final Supplier<FakeTensorRuntime> runtimes;
    private final boolean tellsSignature;
    private final List<FakeTensorRuntime> opened = new CopyOnWriteArrayList<>();

    /** {@code tellsSignature}: whether estimates do. */
    public FakeTensorProvider(Supplier<FakeTensorRuntime> runtimes, boolean tellsSignature) {
        this.runtimes = runtimes;
        this.tellsSignature = tellsSignature;
    }

    public static ModelSource source(String name) {
        return new ModelSource(name, URI.create("tensor:" + name), "");
    }

    /** Every runtime opened so far, closed ones included. */
    public List<FakeTensorRuntime> opened() {
        return List.copyOf(opened);
    }

    @Override
    public String name() {
        return "fake-tensors";
    }

    @Override
    public Availability probe(ModelSource source, DeviceSpec device) {
        return "tensor".equals(source.location().getScheme())
                ? new Availability.Present()
                : new Availability.Missing("no fake graph at " + source.location());
    }

    @Override
    public Optional<RuntimeEstimate> estimate(ModelSource source, DeviceSpec device, RuntimeOptions options) {
        FakeTensorRuntime runtime = runtimes.get();
        return Optional.of(new RuntimeEstimate(
                runtime.residentBytes(),
                0,
                new RuntimeEstimate.Facts.Tensors(
                        tellsSignature ? Optional.of(runtime.signature()) : Optional.empty(), runtime.tasks())));
    }

    @Override
    public ModelRuntime open(ModelSource source, DeviceSpec device, RuntimeOptions options, LoadProgress progress) {
        FakeTensorRuntime runtime = runtimes.get();
        opened.add(runtime);
        return runtime;
    }
}

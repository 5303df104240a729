package dev.foretoken.bench.scripted;

import dev.foretoken.contract.runtime.Availability;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelRuntime;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeEstimate;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeProvider;
import dev.foretoken.contract.runtime.SequenceRuntime;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Opens what another provider opens, with something in front of every runtime of token sequences. */
public record WrappedProvider(RuntimeProvider inner, UnaryOperator<SequenceRuntime> front) implements RuntimeProvider {

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public Availability probe(ModelSource source, DeviceSpec device) {
        return inner.probe(source, device);
    }

    @Override
    public Optional<RuntimeEstimate> estimate(ModelSource source, DeviceSpec device, RuntimeOptions options) {
        return inner.estimate(source, device, options);
    }

    @Override
    public ModelRuntime open(ModelSource source, DeviceSpec device, RuntimeOptions options, LoadProgress progress) {
        ModelRuntime opened = inner.open(source, device, options, progress);
        return opened instanceof SequenceRuntime sequences ? front.apply(sequences) : opened;
    }
}

package dev.foretoken.contract.fake;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Opens {@link FakeRuntime}s for locations {@code fake:KEY}. Handed to hosts by tests; never found by a ServiceLoader. */
public final class FakeRuntimeProvider implements RuntimeProvider {

    private final Map<String, FakeModel> models;
    private final List<FakeRuntime> opened = new CopyOnWriteArrayList<>();

    public FakeRuntimeProvider(Map<String, FakeModel> models) {
        this.models = Map.copyOf(models);
    }

    /** One model under the key {@code model}: see {@link #source}. */
    public static FakeRuntimeProvider of(FakeModel model) {
        return new FakeRuntimeProvider(Map.of("model", model));
    }

    /** The model under {@code key}, to be served as {@code name}. */
    public static ModelSource source(String name, String key) {
        return new ModelSource(name, URI.create("fake:" + key), "");
    }

    public static ModelSource source(String name) {
        return source(name, "model");
    }

    /** Every runtime opened so far, closed ones included. */
    public List<FakeRuntime> opened() {
        return List.copyOf(opened);
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public Availability probe(ModelSource source, DeviceSpec device) {
        URI location = source.location();
        return "fake".equals(location.getScheme()) && models.containsKey(location.getSchemeSpecificPart())
                ? new Availability.Present()
                : new Availability.Missing("no fake model at " + location);
    }

    @Override
    public Optional<RuntimeEstimate> estimate(ModelSource source, DeviceSpec device, RuntimeOptions options) {
        FakeModel model = models.get(source.location().getSchemeSpecificPart());
        return Optional.ofNullable(model)
                .map(found -> new RuntimeEstimate(found.residentBytes(), 0, found.shape(), found.capabilities()));
    }

    @Override
    public ModelRuntime open(ModelSource source, DeviceSpec device, RuntimeOptions options, LoadProgress progress) {
        FakeModel model = models.get(source.location().getSchemeSpecificPart());
        if (model == null) {
            throw new ForetokenException(ErrorCode.MODEL_UNSUPPORTED, "no fake model at " + source.location());
        }
        progress.update("pretending", model.residentBytes(), model.residentBytes());
        FakeRuntime runtime = new FakeRuntime(model);
        opened.add(runtime);
        return runtime;
    }
}

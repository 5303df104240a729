package dev.foretoken.gateway.fake;

import dev.foretoken.contract.engine.AdapterInfo;
import dev.foretoken.contract.engine.EngineControl;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down which adapters it is told to load and unload. */
public final class FakeAdapters implements EngineControl {

    private final List<String> done = new CopyOnWriteArrayList<>();

    /** {@code model:adapter=path} of those loaded, {@code -model:adapter} of those unloaded, in order. */
    public List<String> done() {
        return List.copyOf(done);
    }

    @Override
    public ModelInfo load(ModelSource source, RuntimeOptions options, LoadProgress progress) {
        throw new AssertionError("nobody loads a model here");
    }

    @Override
    public void unload(String model, Duration grace) {
        throw new AssertionError("nobody unloads a model here");
    }

    @Override
    public AdapterInfo loadAdapter(String model, String adapter, Path path) {
        done.add(model + ":" + adapter + "=" + path);
        return new AdapterInfo(adapter, 4, 1, Instant.EPOCH);
    }

    @Override
    public void unloadAdapter(String model, String adapter, Duration grace) {
        done.add("-" + model + ":" + adapter);
    }

    @Override
    public void drain(Duration grace) {}

    @Override
    public void close() {}
}

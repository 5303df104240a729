package dev.foretoken.gateway.model;

import dev.foretoken.contract.engine.Engine;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelLoad;
import dev.foretoken.contract.engine.TensorEngine;
import java.util.Optional;

/**
 * One engine that can answer.
 *
 * @param name how logs and decisions call it: {@code local}, or host and port of a pod
 */
public record EngineEndpoint(String name, Engine engine) {

    /** The same engine where it runs graphs of tensors too. */
    public Optional<TensorEngine> tensors() {
        return engine instanceof TensorEngine tensors ? Optional.of(tensors) : Optional.empty();
    }

    /** What it says of a model now; empty while it has not said anything. */
    public Optional<ModelInfo> info(String model) {
        return engine.models().stream()
                .filter(info -> info.name().equals(model))
                .findFirst();
    }

    /** How busy it is with a model; empty when it does not report one. */
    public Optional<ModelLoad> load(String model) {
        return engine.report().models().stream()
                .filter(load -> load.model().equals(model))
                .findFirst();
    }
}

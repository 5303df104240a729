package dev.foretoken.contract.engine;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import java.time.Duration;

/** Changes what an engine serves. Kept apart from {@link Engine}: only the process that owns the engine holds it. */
public interface EngineControl extends AutoCloseable {

    /**
     * Opens a variant and blocks until it answers or is refused; nothing half-loaded stays.
     *
     * @throws dev.foretoken.contract.ForetokenException MODEL_UNSUPPORTED, MODEL_FILE_CORRUPT, INSUFFICIENT_MEMORY, CONFIG_INVALID
     */
    ModelInfo load(ModelSource source, RuntimeOptions options, LoadProgress progress);

    /** Refuses new requests for the variant, waits for its sequences at most {@code grace}, fails the rest, frees its memory. */
    void unload(String model, Duration grace);

    /** Refuses every new request with DRAINING and waits at most {@code grace} for the running ones; the rest fail with DRAINING. */
    void drain(Duration grace);

    @Override
    void close();
}

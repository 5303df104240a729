package dev.foretoken.contract.engine;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import java.nio.file.Path;
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

    /**
     * Reads a LoRA adapter and offers it beside a variant; running steps go on meanwhile. Blocks until requests can name it.
     *
     * @param folder with {@code adapter_config.json} and {@code adapter_model.safetensors}
     * @throws dev.foretoken.contract.ForetokenException MODEL_NOT_FOUND, INVALID_REQUEST (a name in use), UNSUPPORTED_FEATURE,
     *     MODEL_UNSUPPORTED, MODEL_FILE_CORRUPT, INSUFFICIENT_MEMORY
     */
    AdapterInfo loadAdapter(String model, String adapter, Path folder);

    /**
     * Refuses new requests for the adapter at once, waits for its running ones, then frees it.
     *
     * @throws dev.foretoken.contract.ForetokenException MODEL_NOT_FOUND, or DEADLINE_EXCEEDED when some still run after {@code grace}: it
     *     takes no new ones, and can be unloaded again
     */
    void unloadAdapter(String model, String adapter, Duration grace);

    /** Refuses every new request with DRAINING and waits at most {@code grace} for the running ones; the rest fail with DRAINING. */
    void drain(Duration grace);

    @Override
    void close();
}

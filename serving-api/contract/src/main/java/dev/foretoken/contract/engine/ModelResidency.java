package dev.foretoken.contract.engine;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import java.util.Set;
import java.util.function.Consumer;

/** Which of the variants that an engine knows are in memory. Kept apart from {@link Engine}: only the process that owns the engine holds it. */
public interface ModelResidency {

    /**
     * Makes a variant known: the first request loads it, and it may be unloaded again while nobody uses it. Reads headers only.
     *
     * @param check called before each load, on the thread that loads; what it throws is why the variant is not loaded
     * @throws dev.foretoken.contract.ForetokenException MODEL_UNSUPPORTED, MODEL_FILE_CORRUPT, CONFIG_INVALID, INSUFFICIENT_MEMORY (with
     *     what it needs and what there is) when it could not be loaded with everything else unloaded
     */
    ModelInfo offer(ModelSource source, RuntimeOptions options, Consumer<LoadProgress> check);

    /**
     * Loads a variant that was offered, as a request would, and blocks until it answers.
     *
     * @param beside variants that may not be unloaded for it
     * @throws dev.foretoken.contract.ForetokenException INSUFFICIENT_MEMORY when it does not fit beside them; MODEL_NOT_FOUND; what {@link
     *     EngineControl#load} throws
     */
    ModelInfo warm(String model, Set<String> beside);

    /** Sets whether a variant that was offered stays loaded whatever others need. */
    void keep(String model, boolean kept);

    /** Nobody needs this offered variant now: it is the first to be unloaded when another needs room, as soon as its sequences end. */
    void release(String model);
}

package dev.foretoken.contract.runtime;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.nio.file.Path;

/**
 * Computes steps over sequences with caches, and draws their tokens: logits never cross this seam. One thread makes all calls but {@link
 * #openAdapter}.
 *
 * <p>Order: {@link #reserve} once, then any number of {@link #apply} and steps, then {@link #close}.
 */
public non-sealed interface SequenceRuntime extends ModelRuntime {

    ModelShape shape();

    Capabilities capabilities();

    /** Allocates the caches. Called once, before the first step. */
    void reserve(CacheReservation reservation);

    /**
     * Reads a LoRA adapter in PEFT's format for {@link CacheCommand.LoadAdapter}. Any thread may call it, also while steps run.
     *
     * @param folder with {@code adapter_config.json} and {@code adapter_model.safetensors}
     * @throws ForetokenException UNSUPPORTED_FEATURE, MODEL_UNSUPPORTED, MODEL_FILE_CORRUPT, INSUFFICIENT_MEMORY
     */
    default AdapterWeights openAdapter(Path folder) {
        throw new ForetokenException(ErrorCode.UNSUPPORTED_FEATURE, "this model takes no adapters");
    }

    /** Takes effect after every step begun so far and before the next. */
    void apply(CacheCommand command);

    /** Starts a step. The plan may be refilled once {@link #await} has returned this step's result. */
    void begin(StepPlan plan);

    /**
     * Waits for the oldest step begun.
     *
     * @throws dev.foretoken.contract.ForetokenException RUNTIME_FAILED: the step did not happen and the caches of its rows are undefined
     */
    StepResult await();

    default StepResult execute(StepPlan plan) {
        begin(plan);
        return await();
    }
}

package dev.foretoken.app.engine;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.Engine;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.runtime.ModelTask;
import java.time.Duration;
import java.util.Optional;

/**
 * Has a model that was just loaded compute one token, so that it is known to work, and memory, kernels and code are warm, before gateways send
 * requests. A graph of tensors is not run: nobody knows inputs that make sense to it.
 */
public final class FirstStep {

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private FirstStep() {}

    /**
     * Blocks until the step has run.
     *
     * @throws ForetokenException what the engine refuses it with or the step fails with; RUNTIME_FAILED when it takes minutes
     */
    public static void run(Engine engine, ModelInfo model) {
        if (model.can(ModelTask.TENSOR)) {
            return;
        }
        Generation generation = engine.submit(GenerationRequest.greedy("first-step", model.name(), Prompt.of(0), 1));
        try {
            await(generation, model.name());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ForetokenException(ErrorCode.CANCELLED, "the wait for the first step was interrupted", e);
        } finally {
            generation.cancel();
        }
    }

    private static void await(Generation generation, String model) throws InterruptedException {
        while (!generation.isDone()) {
            Optional<EngineEvent> event = generation.next(PATIENCE);
            if (event.isEmpty()) {
                throw new ForetokenException(
                        ErrorCode.RUNTIME_FAILED,
                        "the first step of model '" + model + "' has not ended after " + PATIENCE.toMinutes()
                                + " minutes; give it more processors or a smaller model");
            }
            if (event.get() instanceof EngineEvent.Failed failed) {
                throw new ForetokenException(
                        failed.code(), "the first step of model '" + model + "' failed: " + failed.detail());
            }
        }
    }
}

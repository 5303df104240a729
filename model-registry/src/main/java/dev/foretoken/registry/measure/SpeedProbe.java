package dev.foretoken.registry.measure;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.engine.Engine;
import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.Generation;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.ModelOptions;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Prompt;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/** Times prompts of random tokens and what follows them: one sequence at a time. */
public final class SpeedProbe {

    private static final int PROMPT = 512;
    private static final int GENERATED = 32;
    private static final int RUNS = 3;

    private final Engine engine;
    private final PrefillOptions prefill;
    private final LongSupplier nanoTime;
    private final boolean quiet;

    /**
     * @param prefill of every prompt
     * @param nanoTime monotonic
     * @param quiet whether the process has nothing else to compute
     */
    public SpeedProbe(Engine engine, PrefillOptions prefill, LongSupplier nanoTime, boolean quiet) {
        this.engine = engine;
        this.prefill = prefill;
        this.nanoTime = nanoTime;
        this.quiet = quiet;
    }

    /**
     * The median of three runs after one that warms up.
     *
     * @throws ForetokenException what the engine fails with
     */
    public Measurement.Speed measure(ModelInfo model) throws InterruptedException {
        int prompt = Math.min(PROMPT, model.contextTokens() - GENERATED - 1);
        double[] prefill = new double[RUNS];
        double[] decode = new double[RUNS];
        run(model, prompt, RUNS);
        for (int i = 0; i < RUNS; i++) {
            long[] times = run(model, prompt, i);
            prefill[i] = prompt * 1e9 / (times[1] - times[0]);
            decode[i] = (GENERATED - 1) * 1e9 / (times[GENERATED] - times[1]);
        }
        return new Measurement.Speed(median(prefill), median(decode), prompt, quiet);
    }

    /** Time of the start, then of every token. */
    private long[] run(ModelInfo model, int prompt, int seed) throws InterruptedException {
        // The ends of a vocabulary hold special tokens.
        int[] ids = new SplittableRandom(seed)
                .ints(prompt, model.vocabularySize() / 8, model.vocabularySize() * 7 / 8)
                .toArray();
        long[] times = new long[GENERATED + 1];
        times[0] = nanoTime.getAsLong();
        Generation generation =
                engine.submit(GenerationRequest.greedy("speed-" + seed, model.name(), Prompt.of(ids), GENERATED)
                        .withOptions(ModelOptions.DEFAULT.withPrefill(prefill)));
        int tokens = 0;
        while (!generation.isDone()) {
            EngineEvent event = AskedModel.next(generation);
            if (event instanceof EngineEvent.Failed failed) {
                throw new ForetokenException(failed.code(), failed.detail());
            } else if (event instanceof EngineEvent.TokenGenerated) {
                times[++tokens] = nanoTime.getAsLong();
            }
        }
        return times;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}

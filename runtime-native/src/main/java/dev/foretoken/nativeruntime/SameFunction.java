package dev.foretoken.nativeruntime;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.OutputOptions;
import dev.foretoken.contract.runtime.AdapterLimits;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.contract.runtime.StepCapacity;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepResult;
import dev.foretoken.contract.runtime.TokenLogprobs;
import dev.foretoken.nativeruntime.exec.NativeSequenceRuntime;
import dev.foretoken.nativeruntime.exec.Network;
import dev.foretoken.nativeruntime.exec.PromptSequence;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.weights.PackedWeights;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Whether two models compute the same: log-probabilities of random tokens, and of the likeliest ones in their places, in fp32.
 *
 * @param tokens compared in one step
 * @param difference the largest one
 * @param scale the largest log-probability either way
 * @param before nanoseconds of the first model's step
 * @param after nanoseconds of the second one's
 */
record SameFunction(int tokens, double difference, double scale, long before, long after) {

    private static final int TOKENS = 64;
    private static final int ALTERNATIVES = 8;
    private static final long SEED = 20_260_101;
    private static final double TOLERANCE = 1e-4;

    private record Step(List<TokenLogprobs> scores, long nanos) {}

    /** {@code kernels}: made once per model, exact; {@code nanos}: a clock. */
    static SameFunction of(OpenedModel first, OpenedModel second, Supplier<Kernels> kernels, LongSupplier nanos) {
        int count = Math.min(
                TOKENS, Math.min(first.plan().contextTokens(), second.plan().contextTokens()) - 1);
        int[] tokens =
                new Random(SEED).ints(count, 0, first.plan().vocabularySize()).toArray();
        Step one = step(first, tokens, kernels.get(), nanos);
        Step other = step(second, tokens, kernels.get(), nanos);
        double difference = 0;
        double scale = 1;
        for (int i = 0; i < one.scores.size(); i++) {
            TokenLogprobs a = one.scores.get(i);
            TokenLogprobs b = other.scores.get(i);
            difference = Math.max(difference, Math.abs(a.logprob() - b.logprob()));
            scale = Math.max(scale, Math.abs(a.logprob()));
            for (int j = 0; j < a.topLogprobs().length; j++) {
                difference = Math.max(difference, Math.abs(a.topLogprobs()[j] - b.topLogprobs()[j]));
            }
        }
        return new SameFunction(count, difference, scale, one.nanos, other.nanos);
    }

    /** @throws ForetokenException CONFIG_INVALID where they differ by more than 1e-4 of the scale */
    SameFunction require(String what) {
        if (!(difference <= TOLERANCE * scale)) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "%s must not change the model, and log-probabilities of %d random tokens differ by up to %.2g; at most %.2g is rounding"
                            .formatted(what, tokens, difference, TOLERANCE * scale));
        }
        return this;
    }

    /** The second of two equal steps, since the first one meets cold memory. */
    private static Step step(OpenedModel model, int[] tokens, Kernels kernels, LongSupplier nanos) {
        PackedWeights weights = PackedWeights.load(
                model.plan(), model.weights(), RuntimeOptions.Weights.STORED, kernels, LoadProgress.SILENT);
        try (SequenceRuntime runtime = NativeSequenceRuntime.of(new NativeSequenceRuntime.Parts(
                new Network(model.plan(), weights),
                null,
                kernels,
                KvType.F32,
                model.plan().contextTokens(),
                AdapterLimits.NONE,
                "comparison"))) {
            CacheSpec caches = runtime.shape().base().caches();
            runtime.reserve(new CacheReservation(
                    List.of(Collections.nCopies(caches.kinds().size(), blocks(caches, tokens))), 0));
            StepPlan plan = plan(caches, tokens);
            runtime.execute(plan);
            long start = nanos.getAsLong();
            StepResult result = runtime.execute(plan);
            long took = nanos.getAsLong() - start;
            List<TokenLogprobs> scores = result.promptLogprobs(0);
            return new Step(scores == null ? List.of() : new ArrayList<>(scores), took);
        }
    }

    private static StepPlan plan(CacheSpec caches, int[] tokens) {
        StepPlan plan = new StepPlan(
                new StepCapacity(1, tokens.length, 1024, caches.kinds().size()));
        OutputOptions wanted = new OutputOptions(OutputOptions.OFF, ALTERNATIVES, false);
        plan.addRow(
                PromptSequence.of(tokens, wanted),
                0,
                RowKind.COMPUTE,
                0,
                StepPlan.WANT_PROMPT_LOGPROBS | StepPlan.WANT_SAMPLE);
        for (int token : tokens) {
            plan.addToken(token);
        }
        for (int kind = 0; kind < caches.kinds().size(); kind++) {
            requirePaged(caches.kinds().get(kind));
            plan.beginTable(kind);
            for (int block = 0; block < blocks(caches, tokens); block++) {
                plan.addUnit(kind, block);
            }
        }
        return plan;
    }

    private static int blocks(CacheSpec caches, int[] tokens) {
        return Math.ceilDiv(tokens.length, caches.blockTokens());
    }

    /** A state would have to be reset between the two steps. */
    private static void requirePaged(CacheKind kind) {
        if (kind instanceof CacheKind.RecurrentState) {
            throw new IllegalArgumentException("models with states are not compared");
        }
    }
}

package dev.foretoken.bench.cluster;

import static dev.foretoken.contract.ConfigCheck.requireRange;

import dev.foretoken.bench.costs.CostsReport;
import dev.foretoken.bench.costs.StepPrice;
import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.PartShape;
import java.util.List;

/**
 * A pod: what its steps cost, and what they may hold.
 *
 * @param stepNanos of a step by itself
 * @param tokenNanos of a token
 * @param drawNanos of a token that is drawn
 * @param pairNanos of a position that a token attends to
 * @param blocks of its cache, {@link #BLOCK_TOKENS} tokens each
 * @param rows sequences that run at a time
 * @param stepTokens tokens of a step
 * @param besideDecode prompt tokens of a step that generates
 * @param maxQueued sequences that may wait
 */
record PodSpec(
        double stepNanos,
        double tokenNanos,
        double drawNanos,
        double pairNanos,
        int blocks,
        int rows,
        int stepTokens,
        int besideDecode,
        int maxQueued) {

    static final String MODEL = "simulated";
    static final int BLOCK_TOKENS = 16;
    static final int VOCABULARY = 32_000;
    /** Longest sequence. */
    static final int CONTEXT = 16_384;

    /**
     * About a 1.1B model in BF16 on two cores, supposed: 800 prompt tokens a second, 65 ms for a token of one sequence, 3 ms for one of each further.
     */
    static final PodSpec TWO_CORES = new PodSpec(62e6, 1.15e6, 1.85e6, 100, 2048, 16, 512, 128, 32);

    /** A Llama of 68M in 8 bits on two cores, as measured: {@code results/2026-11-22-step-costs-llama-68m.json}, three digits of it. */
    static final PodSpec LLAMA_68M = new PodSpec(1.46e6, 52_200, 102_000, 138, 1024, 64, 512, 128, 256);

    PodSpec {
        requireRange("pod.blocks", blocks, 1, 1 << 24);
        requireRange("pod.rows", rows, 1, 4096);
        requireRange("pod.step-tokens", stepTokens, rows, 1 << 20);
        requireRange("pod.beside-decode", besideDecode, 1, stepTokens);
        requireRange("pod.max-queued", maxQueued, 1, 1 << 20);
    }

    /** With the costs and limits of steps that were measured. */
    PodSpec withCosts(CostsReport measured) {
        StepPrice price = measured.costs();
        return new PodSpec(
                price.stepNanos(),
                price.tokenNanos(),
                price.drawNanos(),
                price.pairNanos(),
                blocks,
                measured.rows(),
                measured.stepTokens(),
                measured.besideDecode(),
                maxQueued);
    }

    /** {@code pairs}: positions that all tokens attend to. */
    long nanos(int tokens, int draws, double pairs) {
        return (long) (stepNanos + tokens * tokenNanos + draws * drawNanos + pairs * pairNanos);
    }

    /** What prompts cost beside so many that generate behind {@code context} positions altogether. */
    PrefillCost cost(int generating, double context) {
        double beside = generating * (tokenNanos + drawNanos) + context * pairNanos;
        return new PrefillCost(tokenNanos, pairNanos, stepNanos + beside, generating > 0 ? besideDecode : stepTokens);
    }

    /** A model of one network with nothing but paged K and V. */
    ModelShape shape() {
        CacheSpec caches = new CacheSpec(List.of(new CacheKind.PagedKv(1, 1, 1)), BLOCK_TOKENS, 1);
        PartShape base = new PartShape(PartShape.Role.BASE, 1, caches);
        return new ModelShape(VOCABULARY, CONTEXT, List.of(base), "simulated");
    }
}

package dev.foretoken.contract.runtime;

import static dev.foretoken.contract.ConfigCheck.require;
import static dev.foretoken.contract.ConfigCheck.requireRange;

import java.util.Locale;

/**
 * How a variant is opened.
 *
 * @param cacheType element type of the KV cache
 * @param kernels {@code auto}, or a kernel set by name; a set asked for by name that cannot load stops start-up
 * @param precision {@code fast} lets kernels round activations to the weights' type; {@code exact} keeps fp32 activations
 * @param maxContextTokens upper limit on the model's own context; 0 = the model's own
 * @param weights what unquantized matrices become when they are loaded
 * @param draft what proposes tokens; it is opened with the same options
 * @param adapters room for LoRA adapters
 */
public record RuntimeOptions(
        CacheType cacheType,
        String kernels,
        Precision precision,
        int maxContextTokens,
        Weights weights,
        DraftNetwork draft,
        AdapterLimits adapters) {

    /**
     * Element type of K and V in the cache; AUTO = what the runtime runs fastest without loss against the weights' type, INT8 = 8 bits with a
     * scale per token and head.
     */
    public enum CacheType {
        AUTO,
        F32,
        BF16,
        F16,
        INT8,
        ;

        /** As it is written on a command line. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Arithmetic of matrix products. */
    public enum Precision {
        FAST,
        EXACT,
        ;
    }

    /**
     * Encoding of matrices that are stored unquantized; a matrix whose width does not allow it stays as stored. Q8_0 and Q4_0 are GGUF's; G32
     * to G128: 4 bits with a minimum in groups of that many inputs; W8A8: 8 bits with one scale per output, activations too; FP8: E4M3 with one
     * scale per output, activations not quantized.
     */
    public enum Weights {
        STORED,
        Q8_0,
        Q4_0,
        Q4_G32,
        Q4_G64,
        Q4_G128,
        W8A8,
        FP8,
        ;

        /** As it is written on a command line: {@code q4-g32}, but {@code q8_0}. */
        @Override
        public String toString() {
            String lower = name().toLowerCase(Locale.ROOT);
            return lower.replace("_g", "-g");
        }
    }

    public static final RuntimeOptions DEFAULT = new RuntimeOptions(CacheType.AUTO, "auto", Precision.FAST, 0);

    /** Weights as stored. */
    public RuntimeOptions(CacheType cacheType, String kernels, Precision precision, int maxContextTokens) {
        this(cacheType, kernels, precision, maxContextTokens, Weights.STORED);
    }

    /** Without a draft part and adapters. */
    public RuntimeOptions(
            CacheType cacheType, String kernels, Precision precision, int maxContextTokens, Weights weights) {
        this(cacheType, kernels, precision, maxContextTokens, weights, DraftNetwork.NONE, AdapterLimits.NONE);
    }

    public RuntimeOptions {
        require(kernels.equals(kernels.toLowerCase(Locale.ROOT)), "kernels", kernels, "lower-case");
        requireRange("max-context-tokens", maxContextTokens, 0, 1 << 24);
    }

    public RuntimeOptions withWeights(Weights encoding) {
        return new RuntimeOptions(cacheType, kernels, precision, maxContextTokens, encoding, draft, adapters);
    }

    public RuntimeOptions withMaxContext(int tokens) {
        return new RuntimeOptions(cacheType, kernels, precision, tokens, weights, draft, adapters);
    }

    public RuntimeOptions withCacheType(CacheType type) {
        return new RuntimeOptions(type, kernels, precision, maxContextTokens, weights, draft, adapters);
    }

    public RuntimeOptions withDraft(DraftNetwork network) {
        return new RuntimeOptions(cacheType, kernels, precision, maxContextTokens, weights, network, adapters);
    }

    public RuntimeOptions withAdapters(AdapterLimits limits) {
        return new RuntimeOptions(cacheType, kernels, precision, maxContextTokens, weights, draft, limits);
    }
}

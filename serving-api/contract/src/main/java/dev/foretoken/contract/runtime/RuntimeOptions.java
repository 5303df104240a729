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
 */
public record RuntimeOptions(CacheType cacheType, String kernels, Precision precision, int maxContextTokens) {

    /** Element type of K and V in the cache; AUTO = what the runtime runs fastest without loss against the weights' type. */
    public enum CacheType {
        AUTO,
        F32,
        BF16,
        F16,
        ;
    }

    /** Arithmetic of matrix products. */
    public enum Precision {
        FAST,
        EXACT,
        ;
    }

    public static final RuntimeOptions DEFAULT = new RuntimeOptions(CacheType.AUTO, "auto", Precision.FAST, 0);

    public RuntimeOptions {
        require(kernels.equals(kernels.toLowerCase(Locale.ROOT)), "kernels", kernels, "lower-case");
        requireRange("max-context-tokens", maxContextTokens, 0, 1 << 24);
    }
}

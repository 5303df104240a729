package dev.foretoken.contract.engine;

import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.runtime.HeldAs;
import java.time.Instant;
import java.util.List;

/**
 * What callers may know of a served variant.
 *
 * @param contextTokens most tokens of prompt and answer together
 * @param numericsId answers are bit-identical between engines with equal ids (variant digests, kernel path, kernel version)
 * @param heldAs encodings of weights and cache
 * @param adapters LoRA adapters that requests can name now, by name
 * @param prefillModes how prompts can come into its caches: EXACT, and where it can predict them PREDICTED and AUTO too
 * @param progress share of its load that is done, 0 to 1
 */
public record ModelInfo(
        String name,
        ModelState state,
        int vocabularySize,
        int contextTokens,
        String runtime,
        String numericsId,
        Instant loadedAt,
        HeldAs heldAs,
        List<AdapterInfo> adapters,
        List<PrefillMode> prefillModes,
        double progress) {

    public ModelInfo {
        prefillModes = List.copyOf(prefillModes);
        adapters = List.copyOf(adapters);
    }

    /** Of a variant that is loaded, or is not known to be half-way. */
    public ModelInfo(
            String name,
            ModelState state,
            int vocabularySize,
            int contextTokens,
            String runtime,
            String numericsId,
            Instant loadedAt,
            HeldAs heldAs,
            List<AdapterInfo> adapters) {
        this(
                name,
                state,
                vocabularySize,
                contextTokens,
                runtime,
                numericsId,
                loadedAt,
                heldAs,
                adapters,
                List.of(PrefillMode.EXACT),
                state == ModelState.LOADING || state == ModelState.AVAILABLE ? 0 : 1);
    }

    /** Without adapters. */
    public ModelInfo(
            String name,
            ModelState state,
            int vocabularySize,
            int contextTokens,
            String runtime,
            String numericsId,
            Instant loadedAt,
            HeldAs heldAs) {
        this(name, state, vocabularySize, contextTokens, runtime, numericsId, loadedAt, heldAs, List.of());
    }

    /** Of a variant whose encodings are not known. */
    public ModelInfo(
            String name,
            ModelState state,
            int vocabularySize,
            int contextTokens,
            String runtime,
            String numericsId,
            Instant loadedAt) {
        this(name, state, vocabularySize, contextTokens, runtime, numericsId, loadedAt, HeldAs.UNKNOWN);
    }

    public ModelInfo withState(ModelState value) {
        return new ModelInfo(
                name,
                value,
                vocabularySize,
                contextTokens,
                runtime,
                numericsId,
                loadedAt,
                heldAs,
                adapters,
                prefillModes,
                progress);
    }

    public ModelInfo withHeldAs(HeldAs value) {
        return new ModelInfo(
                name,
                state,
                vocabularySize,
                contextTokens,
                runtime,
                numericsId,
                loadedAt,
                value,
                adapters,
                prefillModes,
                progress);
    }

    public ModelInfo withAdapters(List<AdapterInfo> value) {
        return new ModelInfo(
                name,
                state,
                vocabularySize,
                contextTokens,
                runtime,
                numericsId,
                loadedAt,
                heldAs,
                value,
                prefillModes,
                progress);
    }

    public ModelInfo withProgress(double value) {
        return new ModelInfo(
                name,
                state,
                vocabularySize,
                contextTokens,
                runtime,
                numericsId,
                loadedAt,
                heldAs,
                adapters,
                prefillModes,
                value);
    }

    public ModelInfo withPrefillModes(List<PrefillMode> value) {
        return new ModelInfo(
                name,
                state,
                vocabularySize,
                contextTokens,
                runtime,
                numericsId,
                loadedAt,
                heldAs,
                adapters,
                value,
                progress);
    }

    public boolean hasAdapter(String adapter) {
        return adapters.stream().anyMatch(known -> known.name().equals(adapter));
    }
}

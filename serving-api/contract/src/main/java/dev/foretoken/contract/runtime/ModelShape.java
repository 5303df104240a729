package dev.foretoken.contract.runtime;

import java.util.List;

/**
 * What the scheduler must know of a model.
 *
 * @param parts index 0 is the base
 * @param numericsId equal ids promise equal bits
 * @param lengthInvariantTokens sequences that cannot grow beyond this share K and V whatever their limit; beyond it the limit itself changes
 *     every K (length-dependent rotary scaling) and is part of the prefix key. The context length where nothing depends on it
 */
public record ModelShape(
        int vocabularySize, int contextTokens, List<PartShape> parts, String numericsId, int lengthInvariantTokens) {
    public ModelShape {
        parts = List.copyOf(parts);
    }

    /** A model without length-dependent rotary scaling. */
    public ModelShape(int vocabularySize, int contextTokens, List<PartShape> parts, String numericsId) {
        this(vocabularySize, contextTokens, parts, numericsId, contextTokens);
    }

    public PartShape base() {
        return parts.getFirst();
    }
}

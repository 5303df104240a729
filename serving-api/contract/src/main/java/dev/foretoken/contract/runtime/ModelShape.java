package dev.foretoken.contract.runtime;

import java.util.List;

/**
 * What the scheduler must know of a model.
 *
 * @param parts index 0 is the base
 * @param numericsId equal ids promise equal bits
 */
public record ModelShape(int vocabularySize, int contextTokens, List<PartShape> parts, String numericsId) {
    public ModelShape {
        parts = List.copyOf(parts);
    }

    public PartShape base() {
        return parts.getFirst();
    }
}

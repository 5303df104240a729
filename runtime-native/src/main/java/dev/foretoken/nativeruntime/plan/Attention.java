package dev.foretoken.nativeruntime.plan;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Causal self-attention with grouped queries.
 *
 * @param maps query, key, value and output
 * @param headNorms of each head's query and key before rotation, or null
 * @param window tokens seen, itself included; 0 = all
 */
public record Attention(
        Maps maps, @Nullable HeadNorms headNorms, HeadLayout layout, RotarySettings rotary, int window, KvSource source)
        implements Mixer {

    /** The four linear maps. */
    public record Maps(Linear query, Linear key, Linear value, Linear output) {}

    /** RMS norms over the elements of single heads. */
    public record HeadNorms(Norm query, Norm key) {}

    @Override
    public List<Linear> linears() {
        return List.of(maps.query(), maps.key(), maps.value(), maps.output());
    }

    @Override
    public List<Norm> norms() {
        HeadNorms inner = headNorms;
        return inner == null ? List.of() : List.of(inner.query(), inner.key());
    }

    /** The same attention reading other K and V. */
    public Attention withSource(KvSource newSource) {
        return new Attention(maps, headNorms, layout, rotary, window, newSource);
    }
}

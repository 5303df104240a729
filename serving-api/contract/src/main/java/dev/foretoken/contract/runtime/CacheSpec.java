package dev.foretoken.contract.runtime;

import java.util.List;

/**
 * The memory one sequence owns in one part of a model.
 *
 * @param blockTokens tokens per block of the paged kinds
 * @param alignment prompt spans end at multiples of this many tokens, or at the end of the prompt; 1 = anywhere
 */
public record CacheSpec(List<CacheKind> kinds, int blockTokens, int alignment) {
    public CacheSpec {
        kinds = List.copyOf(kinds);
    }

    public long unitBytes(int kind) {
        return kinds.get(kind).unitBytes(blockTokens);
    }

    /** Units of {@code kind} that a sequence of {@code tokens} tokens owns at most, one step of {@code stepTokens} included. */
    public int unitsFor(int kind, int tokens, int stepTokens) {
        return switch (kinds.get(kind)) {
            case CacheKind.PagedKv k -> blocks(tokens);
            case CacheKind.WindowedKv k -> Math.min(blocks(tokens), blocks(k.windowTokens() + stepTokens) + 1);
            case CacheKind.ContiguousSlot k -> 1;
            case CacheKind.RecurrentState k -> 1;
        };
    }

    private int blocks(int tokens) {
        return Math.ceilDiv(tokens, blockTokens);
    }
}

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

    /** Whether a recurrent state is among the kinds. */
    public boolean hasState() {
        return kinds.stream().anyMatch(kind -> kind instanceof CacheKind.RecurrentState);
    }

    /** Whether a position's bits depend on where its sequence's prompt ends: see {@link CacheKind.RecurrentState#uniform}. */
    public boolean formsDiffer() {
        return kinds.stream()
                .anyMatch(
                        kind -> kind instanceof CacheKind.RecurrentState state && (alignment > 1 || !state.uniform()));
    }

    /** Bytes of one checkpoint: a copy of every recurrent state of one sequence. */
    public long checkpointBytes() {
        return kinds.stream()
                .mapToLong(kind -> kind instanceof CacheKind.RecurrentState state ? state.slotBytes() : 0)
                .sum();
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

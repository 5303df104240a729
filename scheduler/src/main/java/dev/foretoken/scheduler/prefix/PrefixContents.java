package dev.foretoken.scheduler.prefix;

import dev.foretoken.contract.prefix.PrefixShape;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.ModelShape;
import org.jspecify.annotations.Nullable;

/** What the prefix cache holds, told to those who cannot see it. */
public final class PrefixContents {

    private final PrefixShape shape;
    private final PrefixIndex blocks;
    private final @Nullable CheckpointIndex states;

    public PrefixContents(PrefixShape shape, PrefixIndex blocks, @Nullable CheckpointIndex states) {
        this.shape = shape;
        this.blocks = blocks;
        this.states = states;
    }

    /** How a model's prompts are cut, and what a hit needs. */
    public static PrefixShape shape(ModelShape model) {
        CacheSpec spec = model.base().caches();
        int window = spec.kinds().stream()
                .mapToInt(kind -> kind instanceof CacheKind.WindowedKv own
                        ? Math.ceilDiv(own.windowTokens() - 1, spec.blockTokens())
                        : 0)
                .max()
                .orElse(0);
        return new PrefixShape(
                spec.blockTokens(),
                spec.alignment(),
                spec.kinds().stream().anyMatch(kind -> kind instanceof CacheKind.PagedKv),
                window,
                spec.hasState(),
                model.contextTokens(),
                model.lengthInvariantTokens());
    }

    /** Any thread may ask. */
    public PrefixShape shape() {
        return shape;
    }

    /** Has {@code listener}, and nobody else, told of every change from now on. */
    public void listen(PrefixListener listener) {
        blocks.listen(listener);
        if (states != null) {
            states.listen(listener);
        }
    }

    /** Tells {@code listener} of everything held as if it had just come, in any order. */
    public void tell(PrefixListener listener) {
        blocks.tell(listener);
        if (states != null) {
            states.tell(listener);
        }
    }
}

package dev.foretoken.contract.runtime;

/**
 * One kind of memory that a sequence owns while it runs. A <em>unit</em> is what is handed out: a block of tokens for paged kinds, a whole
 * slot for the others. All sizes count every layer of the kind.
 */
public sealed interface CacheKind {

    int layers();

    /** Bytes of one unit. */
    long unitBytes(int blockTokens);

    /** Whether units are blocks of tokens, addressed through a block table. */
    default boolean paged() {
        return switch (this) {
            case PagedKv k -> true;
            case WindowedKv k -> true;
            case ContiguousSlot k -> false;
            case RecurrentState k -> false;
        };
    }

    /** K and V of every token. {@code valueBytesPerToken} is 0 where V is a view of K (MLA). */
    record PagedKv(int layers, long keyBytesPerToken, long valueBytesPerToken) implements CacheKind {
        @Override
        public long unitBytes(int blockTokens) {
            return blockTokens * (keyBytesPerToken + valueBytesPerToken);
        }
    }

    /**
     * K and V of the last {@code windowTokens} tokens. The token at position p is read by positions p to p + windowTokens - 1; blocks wholly
     * behind that are released, and their table entries become {@link StepPlan#NO_UNIT}.
     */
    record WindowedKv(int layers, long keyBytesPerToken, long valueBytesPerToken, int windowTokens)
            implements CacheKind {
        @Override
        public long unitBytes(int blockTokens) {
            return blockTokens * (keyBytesPerToken + valueBytesPerToken);
        }
    }

    /** One buffer for up to {@code capacityTokens} tokens, for graphs that cannot follow a block table. */
    record ContiguousSlot(int layers, long slotBytes, int capacityTokens) implements CacheKind {
        @Override
        public long unitBytes(int blockTokens) {
            return slotBytes;
        }
    }

    /**
     * State of fixed size, overwritten by every token (SSM, linear attention).
     *
     * @param uniform whether a position leaves the same bits when it is computed as part of a prompt, of whatever length, and as a generated
     *     one: a scan that is sequential in every form. Where it does not, states and K/V of generated positions, and of a prompt's last,
     *     shorter chunk, are not those of another sequence's prompt
     */
    record RecurrentState(int layers, long slotBytes, boolean uniform) implements CacheKind {
        /** Whose forms differ. */
        public RecurrentState(int layers, long slotBytes) {
            this(layers, slotBytes, false);
        }

        @Override
        public long unitBytes(int blockTokens) {
            return slotBytes;
        }
    }
}

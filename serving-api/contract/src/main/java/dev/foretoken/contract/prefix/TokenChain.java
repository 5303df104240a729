package dev.foretoken.contract.prefix;

import dev.foretoken.contract.request.EmbeddingSpan;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** The keys of one sequence's full blocks, computed once and as far as asked for. Tokens never change, so keys do not either. */
public final class TokenChain {

    private final PrefixHasher hasher;
    private final IntUnaryOperator tokens;
    private final List<EmbeddingSpan> embeddings;
    private final int blockTokens;
    private final PrefixKey root;
    private final List<PrefixKey> keys = new ArrayList<>();

    /** {@code tokens}: token at an absolute position. */
    public TokenChain(
            PrefixHasher hasher,
            PrefixScope scope,
            IntUnaryOperator tokens,
            List<EmbeddingSpan> embeddings,
            int blockTokens) {
        this.hasher = hasher;
        this.tokens = tokens;
        this.embeddings = embeddings;
        this.blockTokens = blockTokens;
        this.root = hasher.root(scope);
    }

    /** Key of block {@code index}; all its tokens must be known. */
    public PrefixKey key(int index) {
        while (keys.size() <= index) {
            int first = keys.size() * blockTokens;
            keys.add(hasher.next(before(keys.size()), tokens, first, blockTokens, embeddings));
        }
        return keys.get(index);
    }

    /** Key of what precedes block {@code index}. */
    public PrefixKey before(int index) {
        return index == 0 ? root : key(index - 1);
    }

    /** Whether block {@code index} has exactly these tokens. */
    public boolean equalsBlock(int index, int[] blockTokenIds) {
        int first = index * blockTokens;
        for (int i = 0; i < blockTokens; i++) {
            if (tokens.applyAsInt(first + i) != blockTokenIds[i]) {
                return false;
            }
        }
        return true;
    }

    /** The tokens of block {@code index}. */
    public int[] copyBlock(int index) {
        int[] copy = new int[blockTokens];
        for (int i = 0; i < blockTokens; i++) {
            copy[i] = tokens.applyAsInt(index * blockTokens + i);
        }
        return copy;
    }
}

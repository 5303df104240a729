package dev.foretoken.scheduler;

import dev.foretoken.contract.prefix.PrefixHasher;
import dev.foretoken.contract.prefix.PrefixScope;
import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.runtime.ModelShape;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Starts the key chains of sequences, each in the scope that it may share blocks in. */
record ChainFactory(
        String model, ModelShape shape, @Nullable PrefixHasher hasher) {

    /** Null where nothing is shared. */
    @Nullable
    TokenChain chain(SequenceGroup group, int maxLength, IntUnaryOperator tokens) {
        if (hasher == null) {
            return null;
        }
        GenerationRequest request = group.request();
        PrefixScope scope = new PrefixScope(
                request.identity().tenant(),
                request.identity().cacheSalt(),
                model,
                group.adapter().key(),
                maxLength > shape.lengthInvariantTokens() ? maxLength : 0);
        return new TokenChain(
                hasher,
                scope,
                tokens,
                request.prompt().embeddings(),
                shape.base().caches().blockTokens());
    }
}

package dev.foretoken.scheduler;

import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.scheduler.prefix.PrefixHasher;
import dev.foretoken.scheduler.prefix.PrefixScope;
import dev.foretoken.scheduler.prefix.TokenChain;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Starts the key chains of sequences, each in the scope that it may share blocks in. */
record ChainFactory(
        String model, ModelShape shape, @Nullable PrefixHasher hasher) {

    /** Null where nothing is shared. */
    @Nullable
    TokenChain chain(GenerationRequest request, int maxLength, IntUnaryOperator tokens) {
        if (hasher == null) {
            return null;
        }
        PrefixScope scope = new PrefixScope(
                request.identity().tenant(),
                request.identity().cacheSalt(),
                model,
                request.options().adapter().orElse(""),
                maxLength > shape.lengthInvariantTokens() ? maxLength : 0);
        return new TokenChain(
                hasher,
                scope,
                tokens,
                request.prompt().embeddings(),
                shape.base().caches().blockTokens());
    }
}

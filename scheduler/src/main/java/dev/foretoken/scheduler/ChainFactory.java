package dev.foretoken.scheduler;

import dev.foretoken.contract.prefix.PrefixHasher;
import dev.foretoken.contract.prefix.PrefixShape;
import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.contract.request.GenerationRequest;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Starts the key chains of sequences, each in the scope that it may share blocks in. */
record ChainFactory(
        String model, PrefixShape shape, @Nullable PrefixHasher hasher) {

    /** Null where nothing is shared. */
    @Nullable
    TokenChain chain(SequenceGroup group, IntUnaryOperator tokens) {
        if (hasher == null) {
            return null;
        }
        GenerationRequest request = group.request();
        return new TokenChain(
                hasher,
                shape.scope(request, model, group.adapter().key()),
                tokens,
                request.prompt().embeddings(),
                shape.blockTokens());
    }
}

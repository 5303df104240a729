package dev.foretoken.bench.cluster;

import dev.foretoken.contract.prefix.TokenChain;

/** A request in a model pod, and where it stands. */
final class ModelSequence {

    final SimulatedRequest request;
    final TokenChain chain;
    /** Prompt tokens that the pod found. */
    int cached;

    int computed;
    int planned;
    /** Blocks of its own, not of the prefix cache. */
    int ownBlocks;

    ModelSequence(SimulatedRequest request, TokenChain chain) {
        this.request = request;
        this.chain = chain;
    }

    int promptLeft() {
        return request.promptTokens - computed;
    }

    boolean generates() {
        return request.generated > 0;
    }

    /** Blocks that can be found of its prompt: its last token is always computed. */
    int mostBlocks() {
        return (request.promptTokens - 1) / PodSpec.BLOCK_TOKENS;
    }
}

package dev.foretoken.contract.prefix;

import dev.foretoken.contract.request.GenerationRequest;

/**
 * How an engine cuts a model's prompts into blocks, and what must be held for a hit: every block where {@code blocks}, the last
 * {@code windowBlocks} of the windowed kinds, and where {@code states} a copy of the states behind the last block.
 *
 * @param blockTokens positions in a block
 * @param alignment a hit ends at a multiple of so many positions
 * @param windowBlocks 0 = no windowed kinds
 * @param contextTokens most tokens of a sequence
 * @param lengthInvariantTokens of longer sequences the limit is part of the scope
 */
public record PrefixShape(
        int blockTokens,
        int alignment,
        boolean blocks,
        int windowBlocks,
        boolean states,
        int contextTokens,
        int lengthInvariantTokens) {

    public PrefixShape {
        require("block tokens", blockTokens, 1);
        require("alignment", alignment, 1);
        require("window blocks", windowBlocks, 0);
        require("context tokens", contextTokens, 1);
        require("length-invariant tokens", lengthInvariantTokens, 0);
    }

    private static void require(String what, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(what + " of a prefix cache: " + value + ", must be at least " + least);
        }
    }

    /** Where a request's blocks may be shared. {@code adapter}: as in {@link PrefixScope}. */
    public PrefixScope scope(GenerationRequest request, String model, String adapter) {
        int length = maxLength(request);
        return new PrefixScope(
                request.identity().tenant(),
                request.identity().cacheSalt(),
                model,
                adapter,
                length > lengthInvariantTokens ? length : 0);
    }

    /** Most tokens a sequence of this request can have: its limit, cut at the context. */
    public int maxLength(GenerationRequest request) {
        return (int) Math.min(
                contextTokens, (long) request.prompt().size() + request.stop().maxTokens());
    }

    /** Most blocks of a prompt that can be a hit: its last token is always computed. */
    public int mostBlocks(int promptTokens) {
        return Math.max(0, promptTokens - 1) / blockTokens;
    }

    /** Whether a hit may end behind so many blocks. */
    public boolean endsAt(int blocks) {
        return (long) blocks * blockTokens % alignment == 0;
    }
}

package dev.foretoken.bench.cluster;

import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.routing.fleet.HeldPrefixes;
import dev.foretoken.routing.prefix.PrefixPlaces;
import dev.foretoken.routing.prefix.PromptPlaces;
import java.util.List;

/** Where the blocks of a chain lie. {@code most}: blocks that can be a hit. */
record ChainHolders(PrefixPlaces places, TokenChain chain, int most) implements HeldPrefixes {

    @Override
    public int heldTokens(String endpoint) {
        return places.heldBlocks(endpoint, chain, most) * PodSpec.BLOCK_TOKENS;
    }

    @Override
    public List<PromptPlaces.Held> longest(int count, long draw) {
        return places.longest(chain, most, count, draw).stream()
                .map(holder -> new PromptPlaces.Held(holder.endpoint(), holder.blocks() * PodSpec.BLOCK_TOKENS))
                .toList();
    }
}

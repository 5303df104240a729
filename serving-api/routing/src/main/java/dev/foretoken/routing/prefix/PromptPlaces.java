package dev.foretoken.routing.prefix;

import dev.foretoken.contract.prefix.TokenChain;
import java.util.Comparator;
import java.util.List;

/** Where one prompt's blocks lie. For one thread: keys are made when they are needed. */
public final class PromptPlaces {

    /** A prompt cut as endpoints of one shape cut it. */
    record Chain(PrefixPlaces places, TokenChain tokens) {}

    /** An endpoint, and how many of the prompt's tokens it need not compute. */
    public record Held(String endpoint, int tokens) {}

    private final List<Chain> chains;
    private final int promptTokens;

    PromptPlaces(List<Chain> chains, int promptTokens) {
        this.chains = chains;
        this.promptTokens = promptTokens;
    }

    /** Tokens of the prompt that {@code endpoint} need not compute. */
    public int heldTokens(String endpoint) {
        int most = 0;
        for (Chain chain : chains) {
            int blocks = chain.places().heldBlocks(endpoint, chain.tokens(), most(chain));
            most = Math.max(most, blocks * chain.places().shape().blockTokens());
        }
        return most;
    }

    /** The up to {@code k} endpoints that hold most of the prompt, best first. {@code draw}: which come first of those that are equal. */
    public List<Held> longest(int k, long draw) {
        return chains.stream()
                .flatMap(chain -> chain.places().longest(chain.tokens(), most(chain), k, draw).stream()
                        .map(holder -> new Held(
                                holder.endpoint(),
                                holder.blocks() * chain.places().shape().blockTokens())))
                .sorted(Comparator.comparingInt(Held::tokens).reversed())
                .limit(k)
                .toList();
    }

    private int most(Chain chain) {
        return chain.places().shape().mostBlocks(promptTokens);
    }
}

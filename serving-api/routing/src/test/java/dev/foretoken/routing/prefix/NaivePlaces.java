package dev.foretoken.routing.prefix;

import dev.foretoken.contract.prefix.PrefixChange;
import dev.foretoken.contract.prefix.PrefixKey;
import dev.foretoken.contract.prefix.PrefixParts;
import dev.foretoken.contract.prefix.PrefixShape;
import dev.foretoken.contract.prefix.TokenChain;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** What {@link PrefixPlaces} shall know, as a map of maps that is walked whole. */
final class NaivePlaces {

    private final PrefixShape shape;
    private final Map<String, Map<PrefixKey, Integer>> parts = new HashMap<>();

    NaivePlaces(PrefixShape shape) {
        this.shape = shape;
    }

    void apply(String endpoint, PrefixChange change) {
        Map<PrefixKey, Integer> own = parts.computeIfAbsent(endpoint, name -> new HashMap<>());
        switch (change) {
            case PrefixChange.Stored stored -> own.merge(stored.key(), stored.parts(), (a, b) -> a | b);
            case PrefixChange.Removed removed ->
                own.computeIfPresent(removed.key(), (key, held) -> held & ~removed.parts());
            case PrefixChange.Cleared cleared -> own.clear();
        }
    }

    void forget(String endpoint) {
        parts.remove(endpoint);
    }

    Set<String> endpoints() {
        return parts.keySet();
    }

    /** As the engine's own index looks: first the blocks without a gap, then the longest end. */
    int held(String endpoint, TokenChain chain, int most) {
        int present = 0;
        while (present < most && (!shape.blocks() || has(endpoint, chain.key(present), PrefixParts.BLOCKS))) {
            present++;
        }
        for (int blocks = present; blocks > 0; blocks--) {
            boolean state = !shape.states() || has(endpoint, chain.key(blocks - 1), PrefixParts.STATE);
            if (shape.endsAt(blocks) && state && windowsHold(endpoint, chain, blocks)) {
                return blocks;
            }
        }
        return 0;
    }

    private boolean windowsHold(String endpoint, TokenChain chain, int blocks) {
        for (int block = Math.max(0, blocks - shape.windowBlocks()); block < blocks; block++) {
            if (shape.windowBlocks() > 0 && !has(endpoint, chain.key(block), PrefixParts.WINDOWS)) {
                return false;
            }
        }
        return true;
    }

    private boolean has(String endpoint, PrefixKey key, int part) {
        return (parts.getOrDefault(endpoint, Map.of()).getOrDefault(key, 0) & part) != 0;
    }
}

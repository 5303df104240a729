package dev.foretoken.routing.prefix;

import dev.foretoken.contract.prefix.PrefixChange;
import dev.foretoken.contract.prefix.PrefixShape;
import dev.foretoken.contract.prefix.TokenChain;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which endpoints hold the blocks of one model's prompts. A look takes time in proportion to the prompt's blocks and to the holders asked for,
 * not to the endpoints; an endpoint goes in time in proportion to what it holds. Any thread may look; of each endpoint one at a time tells.
 */
public final class PrefixPlaces {

    private final PrefixShape shape;
    private final int blocksPerEndpoint;
    private final KeyPlaces places = new KeyPlaces();
    private final Map<String, EndpointBlocks> endpoints = new ConcurrentHashMap<>();

    /** {@code blocksPerEndpoint}: keys kept of each, at least 1. */
    public PrefixPlaces(PrefixShape shape, int blocksPerEndpoint) {
        this.shape = shape;
        this.blocksPerEndpoint = blocksPerEndpoint;
    }

    public PrefixShape shape() {
        return shape;
    }

    /** {@code endpoint} has told what has changed there, oldest first. */
    public void apply(String endpoint, List<PrefixChange> changes) {
        EndpointBlocks blocks =
                endpoints.computeIfAbsent(endpoint, name -> new EndpointBlocks(name, shape, blocksPerEndpoint, places));
        changes.forEach(blocks::apply);
    }

    /** {@code endpoint} is lost, or does not serve the model any more. */
    public void forget(String endpoint) {
        EndpointBlocks blocks = endpoints.remove(endpoint);
        if (blocks != null) {
            blocks.clear();
        }
    }

    /** Whether no endpoint has told anything. */
    public boolean isEmpty() {
        return endpoints.isEmpty();
    }

    /** Keys kept of {@code endpoint}. */
    public int keys(String endpoint) {
        EndpointBlocks blocks = endpoints.get(endpoint);
        return blocks == null ? 0 : blocks.size();
    }

    /** Keys held by any endpoint. */
    public int keys() {
        return places.size();
    }

    /** How many blocks of a prompt are a hit at {@code endpoint}, at most {@code most}. */
    public int heldBlocks(String endpoint, TokenChain chain, int most) {
        EndpointBlocks blocks = endpoints.get(endpoint);
        if (blocks == null) {
            return 0;
        }
        int held = shape.blocks() ? Gallop.count(most, i -> isReached(blocks, chain, i)) : most;
        while (held > 0 && !(shape.endsAt(held) && isEnd(blocks, chain, held - 1))) {
            held--;
        }
        return held;
    }

    private static boolean isReached(EndpointBlocks blocks, TokenChain chain, int index) {
        HeldBlock block = blocks.find(chain.key(index));
        return block != null && block.reached;
    }

    private static boolean isEnd(EndpointBlocks blocks, TokenChain chain, int index) {
        HeldBlock block = blocks.find(chain.key(index));
        return block != null && block.ends;
    }

    /**
     * The endpoints that hold most of a prompt, best first; none that holds nothing.
     *
     * @param most blocks that can be a hit
     * @param k holders in the answer
     * @param draw which of those come first that hold equally much
     */
    public List<Holder> longest(TokenChain chain, int most, int k, long draw) {
        List<Holder> found = new ArrayList<>();
        for (int blocks = reached(chain, most); blocks > 0 && found.size() < k; blocks--) {
            Place place = shape.endsAt(blocks) ? places.find(chain.key(blocks - 1)) : null;
            if (place != null) {
                place.collect(blocks, k, draw, found);
            }
        }
        return found;
    }

    /** Blocks of the longest prefix that any endpoint has reached; all where a hit needs none of those before its end. */
    private int reached(TokenChain chain, int most) {
        return shape.blocks() ? Gallop.count(most, i -> isReached(chain, i)) : most;
    }

    private boolean isReached(TokenChain chain, int index) {
        Place place = places.find(chain.key(index));
        return place != null && place.isReached();
    }
}

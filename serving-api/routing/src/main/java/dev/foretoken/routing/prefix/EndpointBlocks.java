package dev.foretoken.routing.prefix;

import dev.foretoken.contract.prefix.PrefixChange;
import dev.foretoken.contract.prefix.PrefixKey;
import dev.foretoken.contract.prefix.PrefixParts;
import dev.foretoken.contract.prefix.PrefixShape;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What one endpoint holds, as trees: each block below the one before it. So a block that is given up takes what is behind it out of reach, and
 * one that comes back brings it back. Bounded: the blocks without children that have been here longest go first.
 */
final class EndpointBlocks {

    private final String name;
    private final PrefixShape shape;
    private final int most;
    private final KeyPlaces places;
    private final Map<PrefixKey, HeldBlock> blocks = new ConcurrentHashMap<>();
    private final Leaves leaves = new Leaves();
    private final ArrayDeque<HeldBlock> unsettled = new ArrayDeque<>();

    EndpointBlocks(String name, PrefixShape shape, int most, KeyPlaces places) {
        this.name = name;
        this.shape = shape;
        this.most = most;
        this.places = places;
    }

    String name() {
        return name;
    }

    /** Keys kept of it, those included of which only what is behind them is held. */
    int size() {
        return blocks.size();
    }

    @Nullable
    HeldBlock find(PrefixKey key) {
        return blocks.get(key);
    }

    synchronized void apply(PrefixChange change) {
        switch (change) {
            case PrefixChange.Stored stored -> store(stored);
            case PrefixChange.Removed removed -> remove(removed);
            case PrefixChange.Cleared cleared -> clear();
        }
    }

    private void store(PrefixChange.Stored stored) {
        HeldBlock block = blocks.get(stored.key());
        boolean sound = stored.index() >= 0
                && (stored.parts() & PrefixParts.ALL) != 0
                && (block == null || block.index == stored.index());
        if (!sound || !follows(stored)) {
            return;
        }
        if (block == null) {
            block = add(stored.key(), stored.index());
        }
        if (isLinked() && stored.index() > 0 && block.parent == null) {
            link(block, stored.parent());
        }
        block.parts |= stored.parts() & PrefixParts.ALL;
        settle(block);
        trim();
    }

    /**
     * Whether it stands one behind its parent: an endpoint that tells otherwise is not believed. Where there is no room, what is behind an unknown
     * block does not push out what is of use.
     */
    private boolean follows(PrefixChange.Stored stored) {
        if (stored.index() == 0 || !isLinked()) {
            return true;
        }
        HeldBlock parent = blocks.get(stored.parent());
        return parent == null ? blocks.size() + 1 < most : parent.index == stored.index() - 1;
    }

    /** Whether anything depends on the blocks before. */
    private boolean isLinked() {
        return shape.blocks() || shape.windowBlocks() > 0;
    }

    private HeldBlock add(PrefixKey key, int index) {
        HeldBlock block = new HeldBlock(this, key, index);
        blocks.put(key, block);
        leaves.addNewest(block);
        return block;
    }

    private void link(HeldBlock block, PrefixKey parentKey) {
        HeldBlock parent = blocks.get(parentKey);
        if (parent == null) {
            parent = add(parentKey, block.index - 1);
        }
        if (parent.firstChild == null) {
            leaves.remove(parent);
        }
        parent.adopt(block);
    }

    private void remove(PrefixChange.Removed removed) {
        HeldBlock block = blocks.get(removed.key());
        if (block != null) {
            block.parts &= ~removed.parts();
            settle(block);
            dropEmpty(block);
        }
    }

    /** Forgets a block of which nothing is held and nothing below it, and those before it that are so then. */
    private void dropEmpty(HeldBlock from) {
        HeldBlock block = from;
        while (block != null && block.parts == 0 && block.firstChild == null) {
            HeldBlock parent = block.parent;
            leaves.remove(block);
            blocks.remove(block.key);
            if (parent != null) {
                parent.disown(block);
                if (parent.firstChild == null) {
                    leaves.addOldest(parent);
                }
            }
            block = parent;
        }
    }

    private void trim() {
        HeldBlock oldest = leaves.oldest();
        while (blocks.size() > most && oldest != null) {
            oldest.parts = 0;
            settle(oldest);
            dropEmpty(oldest);
            oldest = leaves.oldest();
        }
    }

    /** Carries what has changed of a block to those behind it, as far as it changes them. */
    private void settle(HeldBlock changed) {
        unsettled.push(changed);
        while (!unsettled.isEmpty()) {
            HeldBlock block = unsettled.pop();
            boolean reached = reached(block);
            int run = run(block);
            boolean spreads = reached != block.reached || run != block.run;
            block.run = run;
            places.settle(block, reached, ends(block, reached));
            for (HeldBlock child = block.firstChild; spreads && child != null; child = child.olderSibling) {
                unsettled.push(child);
            }
        }
    }

    private boolean reached(HeldBlock block) {
        if (!shape.blocks()) {
            return block.parts != 0;
        }
        boolean before = block.index == 0 || block.parent != null && block.parent.reached;
        return before && (block.parts & PrefixParts.BLOCKS) != 0;
    }

    private int run(HeldBlock block) {
        if ((block.parts & PrefixParts.WINDOWS) == 0) {
            return 0;
        }
        return Math.min(shape.windowBlocks(), 1 + (block.parent == null ? 0 : block.parent.run));
    }

    private boolean ends(HeldBlock block, boolean reached) {
        return reached
                && block.run >= Math.min(shape.windowBlocks(), block.index + 1)
                && (!shape.states() || (block.parts & PrefixParts.STATE) != 0);
    }

    synchronized void clear() {
        for (HeldBlock block : blocks.values()) {
            places.settle(block, false, false);
        }
        blocks.clear();
        leaves.clear();
    }
}

package dev.foretoken.routing.prefix;

import dev.foretoken.contract.prefix.PrefixKey;
import org.jspecify.annotations.Nullable;

/**
 * One key at one endpoint. It stands below the block before it even where nothing of that one is held. All fields are the endpoint's writer's;
 * {@link #reached} and {@link #ends} are read by any thread, {@link #slot} belongs to the {@link Place}.
 */
final class HeldBlock {

    final EndpointBlocks endpoint;
    final PrefixKey key;
    /** In its chain, from 0. */
    final int index;

    /** Bits of {@link dev.foretoken.contract.prefix.PrefixParts}; 0 = only what is below it is held. */
    int parts;
    /** Blocks without a gap up to this one whose windowed kinds are held; counted up to the window. */
    int run;

    /** Everything before it that a hit needs is held, and so is it. */
    volatile boolean reached;
    /** A hit can end behind it, alignment apart. */
    volatile boolean ends;
    /** Where it is among the endings of its place. */
    int slot;
    /** Where it is settled; null = it is neither reached nor an end. */
    @Nullable
    Place place;

    @Nullable
    HeldBlock parent;

    @Nullable
    HeldBlock firstChild;

    @Nullable
    HeldBlock olderSibling;

    @Nullable
    HeldBlock newerSibling;

    /** Its neighbours among the blocks without children. */
    @Nullable
    HeldBlock olderLeaf;

    @Nullable
    HeldBlock newerLeaf;

    HeldBlock(EndpointBlocks endpoint, PrefixKey key, int index) {
        this.endpoint = endpoint;
        this.key = key;
        this.index = index;
    }

    void adopt(HeldBlock child) {
        child.parent = this;
        child.olderSibling = firstChild;
        if (firstChild != null) {
            firstChild.newerSibling = child;
        }
        firstChild = child;
    }

    void disown(HeldBlock child) {
        if (child.newerSibling == null) {
            firstChild = child.olderSibling;
        } else {
            child.newerSibling.olderSibling = child.olderSibling;
        }
        if (child.olderSibling != null) {
            child.olderSibling.newerSibling = child.newerSibling;
        }
        child.parent = null;
    }
}

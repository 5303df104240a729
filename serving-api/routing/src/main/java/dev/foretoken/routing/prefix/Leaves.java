package dev.foretoken.routing.prefix;

import org.jspecify.annotations.Nullable;

/** An endpoint's blocks without children, oldest first: what is given up first when there is no room. */
final class Leaves {

    private @Nullable HeldBlock oldest;
    private @Nullable HeldBlock newest;

    @Nullable
    HeldBlock oldest() {
        return oldest;
    }

    void addNewest(HeldBlock block) {
        block.olderLeaf = newest;
        block.newerLeaf = null;
        if (newest == null) {
            oldest = block;
        } else {
            newest.newerLeaf = block;
        }
        newest = block;
    }

    /** A block whose children have gone is as old as they were. */
    void addOldest(HeldBlock block) {
        block.newerLeaf = oldest;
        block.olderLeaf = null;
        if (oldest == null) {
            newest = block;
        } else {
            oldest.olderLeaf = block;
        }
        oldest = block;
    }

    void remove(HeldBlock block) {
        if (block.olderLeaf == null) {
            oldest = block.newerLeaf;
        } else {
            block.olderLeaf.newerLeaf = block.newerLeaf;
        }
        if (block.newerLeaf == null) {
            newest = block.olderLeaf;
        } else {
            block.newerLeaf.olderLeaf = block.olderLeaf;
        }
    }

    void clear() {
        oldest = null;
        newest = null;
    }
}

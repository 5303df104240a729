package dev.foretoken.scheduler.blocks;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * The units (blocks or slots) of one cache kind. A unit is free, referenced by one or more owners, or idle: unreferenced but kept because
 * its content may be wanted again. Idle units are taken back in the order they became idle. Nothing here allocates after construction.
 */
public final class BlockPool {

    private static final int NONE = -1;

    private final int[] references;
    private final boolean[] kept;
    private final int[] free;
    private final int[] older;
    private final int[] newer;
    private IntConsumer evicted = unit -> {};
    private int freeCount;
    private int idleCount;
    private int oldest = NONE;
    private int newest = NONE;

    public BlockPool(int units) {
        this.references = new int[units];
        this.kept = new boolean[units];
        this.older = new int[units];
        this.newer = new int[units];
        this.free = new int[units];
        this.freeCount = units;
        for (int i = 0; i < units; i++) {
            free[i] = units - 1 - i;
        }
    }

    /** Told of every kept unit whose content is given up to make room. */
    public void onEviction(IntConsumer listener) {
        this.evicted = listener;
    }

    public int units() {
        return references.length;
    }

    /** Units that can be allocated now: free ones and idle ones. */
    public int available() {
        return freeCount + idleCount;
    }

    public int referenced() {
        return references.length - available();
    }

    public int references(int unit) {
        return references[unit];
    }

    public boolean isKept(int unit) {
        return kept[unit];
    }

    /** Takes a unit with one reference; its content is undefined. There must be one available. */
    public int allocate() {
        if (freeCount == 0) {
            evictOldest();
        }
        int unit = free[--freeCount];
        references[unit] = 1;
        return unit;
    }

    /** Adds an owner to a referenced or idle unit. */
    public void retain(int unit) {
        if (references[unit]++ == 0) {
            if (!kept[unit]) {
                throw new IllegalStateException("unit " + unit + " is free and cannot be shared");
            }
            unlink(unit);
        }
    }

    /** Removes an owner. */
    public void release(int unit) {
        if (references[unit] == 0) {
            throw new IllegalStateException("unit " + unit + " has no owner to release it");
        }
        if (--references[unit] == 0) {
            if (kept[unit]) {
                linkNewest(unit);
            } else {
                free[freeCount++] = unit;
            }
        }
    }

    /** Keeps a referenced unit's content beyond its last owner. */
    public void keep(int unit) {
        if (references[unit] == 0) {
            throw new IllegalStateException("unit " + unit + " has no owner and no content to keep");
        }
        kept[unit] = true;
    }

    /** Ends {@link #keep}: an idle unit becomes free. */
    public void forget(int unit) {
        if (kept[unit]) {
            kept[unit] = false;
            if (references[unit] == 0) {
                unlink(unit);
                free[freeCount++] = unit;
            }
        }
    }

    private void evictOldest() {
        if (oldest == NONE) {
            throw new IllegalStateException("no unit available of " + references.length);
        }
        int unit = oldest;
        forget(unit);
        evicted.accept(unit);
    }

    private void linkNewest(int unit) {
        older[unit] = newest;
        newer[unit] = NONE;
        if (newest == NONE) {
            oldest = unit;
        } else {
            newer[newest] = unit;
        }
        newest = unit;
        idleCount++;
    }

    private void unlink(int unit) {
        if (older[unit] == NONE) {
            oldest = newer[unit];
        } else {
            newer[older[unit]] = newer[unit];
        }
        if (newer[unit] == NONE) {
            newest = older[unit];
        } else {
            older[newer[unit]] = older[unit];
        }
        idleCount--;
    }

    @Override
    public String toString() {
        return "BlockPool[free=" + freeCount + ", idle=" + idleCount + ", references=" + Arrays.toString(references)
                + "]";
    }
}

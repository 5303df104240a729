package dev.foretoken.scheduler.blocks;

/**
 * What copies of recurrent states may take of a cache.
 *
 * @param kept whether copies are kept to be found again; without, there are only those that proposals need
 * @param bytes for kept copies; 0 = a share of the cache
 */
public record CheckpointBudget(boolean kept, long bytes) {

    public static final CheckpointBudget NONE = new CheckpointBudget(false, 0);

    /** A share of the cache. */
    public static final CheckpointBudget SHARE = new CheckpointBudget(true, 0);
}

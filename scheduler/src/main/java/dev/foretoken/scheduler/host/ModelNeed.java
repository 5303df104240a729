package dev.foretoken.scheduler.host;

import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.RuntimeEstimate;
import dev.foretoken.scheduler.blocks.CacheSizing;

/**
 * The room that a variant needs to be loaded, in bytes.
 *
 * @param weights packed
 * @param work work space
 * @param cache of one sequence of the whole context
 * @param least without it the load would be refused
 * @param good with it the caches are not cramped: a quarter at least of what they would be in an empty budget
 */
record ModelNeed(long weights, long work, long cache, long least, long good) {

    /** Of a variant that does not tell. */
    static final ModelNeed UNKNOWN = new ModelNeed(0, 0, 0, 0, 0);

    private static final long ANY = 1L << 52;
    private static final int QUARTER = 4;

    /** {@code fixedCache}: as in {@link HostConfig#cacheBytes}. */
    static ModelNeed ofSequences(RuntimeEstimate estimate, ModelShape shape, CacheSizing sizing, long fixedCache) {
        long resident = estimate.residentBytes();
        long one = sizing.leastBytes();
        if (fixedCache > 0) {
            long all = resident + sizing.filling(fixedCache).bytes(shape);
            return new ModelNeed(estimate.weightBytes(), estimate.workBytes(), one, all, all);
        }
        long ample = sizing.ample(ANY).bytes(shape);
        return new ModelNeed(
                estimate.weightBytes(),
                estimate.workBytes(),
                one,
                resident + 2 * one,
                resident + 2 * Math.max(one, ample / QUARTER));
    }

    /** A graph of tensors keeps nothing but what it tells; {@code scratch}: bytes that joined inputs may take. */
    static ModelNeed ofTensors(RuntimeEstimate estimate, long scratch) {
        long all = estimate.residentBytes() + scratch;
        return new ModelNeed(estimate.weightBytes(), estimate.workBytes() + scratch, 0, all, all);
    }
}

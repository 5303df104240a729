package dev.foretoken.scheduler.host;

import dev.foretoken.scheduler.tensor.StateMemory;
import java.util.function.LongSupplier;

/**
 * What a variant has taken of the budget for its weights and caches. Variants that read the same weights hold them once, and one of them pays:
 * when it ends, the next one has to. Any thread.
 */
final class MemoryShare implements StateMemory {

    private final MemoryBudget budget;
    private final String model;
    private final LongSupplier residentBytes;
    private long resident;
    private long caches;
    private boolean ended;

    /**
     * Pays for what is resident now.
     *
     * @param residentBytes of the runtime, which may change when another one is closed
     */
    MemoryShare(MemoryBudget budget, String model, LongSupplier residentBytes) {
        this.budget = budget;
        this.model = model;
        this.residentBytes = residentBytes;
        long now = residentBytes.getAsLong();
        budget.take(now, "model " + model);
        this.resident = now;
    }

    synchronized void takeCaches(long bytes) {
        budget.take(bytes, "the cache of model " + model);
        caches += bytes;
    }

    /** For streams, which are open for a while. */
    @Override
    public synchronized boolean take(long bytes) {
        if (ended || !budget.tryTake(bytes)) {
            return false;
        }
        caches += bytes;
        return true;
    }

    @Override
    public synchronized void giveBack(long bytes) {
        if (!ended) {
            caches -= bytes;
            budget.giveBack(bytes);
        }
    }

    /** What it has paid for. */
    synchronized long bytes() {
        return ended ? 0 : resident + caches;
    }

    /** Pays for what is resident by now. Others paid for it until now, so it is not refused. */
    synchronized void recount() {
        if (!ended) {
            long now = residentBytes.getAsLong();
            budget.giveBack(resident - now);
            resident = now;
        }
    }

    /** Gives everything back. */
    synchronized void end() {
        if (!ended) {
            ended = true;
            budget.giveBack(resident + caches);
        }
    }
}

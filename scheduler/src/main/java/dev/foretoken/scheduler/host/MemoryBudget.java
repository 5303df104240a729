package dev.foretoken.scheduler.host;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;

/** Bytes that all variants of a process share. Any thread may read; loading and unloading take turns. */
final class MemoryBudget {

    private final long total;
    private long used;

    MemoryBudget(long total) {
        this.total = total;
    }

    long total() {
        return total;
    }

    synchronized long used() {
        return used;
    }

    synchronized long left() {
        return total - used;
    }

    synchronized void take(long bytes, String what) {
        if (!tryTake(bytes)) {
            throw new ForetokenException(
                    ErrorCode.INSUFFICIENT_MEMORY,
                    what + " needs " + mebibytes(bytes) + " MiB, but of the budget of " + mebibytes(total)
                            + " MiB only "
                            + mebibytes(total - used) + " MiB are left; unload another model or raise"
                            + " host.memory-budget-bytes");
        }
    }

    /** False: there is no room for them, and none are taken. */
    synchronized boolean tryTake(long bytes) {
        if (bytes > total - used) {
            return false;
        }
        used += bytes;
        return true;
    }

    synchronized void giveBack(long bytes) {
        used -= bytes;
    }

    static long mebibytes(long bytes) {
        return Math.ceilDiv(bytes, 1L << 20);
    }
}

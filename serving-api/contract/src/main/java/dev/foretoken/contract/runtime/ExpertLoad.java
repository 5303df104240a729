package dev.foretoken.contract.runtime;

import java.util.concurrent.atomic.AtomicLongArray;

/** Tokens that the experts of one layer were given since the model was opened. The thread that computes steps adds, any may read. */
public final class ExpertLoad {

    private final AtomicLongArray tokens;

    public ExpertLoad(int experts) {
        this.tokens = new AtomicLongArray(experts);
    }

    public int experts() {
        return tokens.length();
    }

    /** By one thread. */
    public void add(int expert, long count) {
        tokens.setRelease(expert, tokens.getPlain(expert) + count);
    }

    public long tokens(int expert) {
        return tokens.getAcquire(expert);
    }

    /** Tokens of the expert that got most over the mean of all experts: 1 is even, {@link #experts} is all to one. 0 before the first token. */
    public double imbalance() {
        long most = 0;
        long all = 0;
        for (int expert = 0; expert < experts(); expert++) {
            long count = tokens(expert);
            most = Math.max(most, count);
            all += count;
        }
        return all == 0 ? 0 : (double) most * experts() / all;
    }
}

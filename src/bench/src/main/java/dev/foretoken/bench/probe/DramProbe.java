package dev.foretoken.bench.probe;

import dev.foretoken.bench.stats.Spread;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;

/**
 * Reads memory far larger than any cache and says how many bytes per second came in. Every thread sums its own array, so
 * the figure is read bandwidth without writes. Decoding one sequence reads every weight once per token: it can be at most
 * bandwidth divided by the bytes of the weights.
 */
public final class DramProbe implements AutoCloseable {
    private static final int LONGS_PER_MIB = 1 << 17;

    private final long[][] shares;

    /** @param mebibytes memory read by all threads together */
    public DramProbe(int threads, int mebibytes) {
        if (threads < 1 || mebibytes < threads || mebibytes / threads > 8192) {
            throw new IllegalArgumentException(
                    "%d threads reading %d MiB; expected at least 1 thread and 1 to 8192 MiB for each"
                            .formatted(threads, mebibytes));
        }
        shares = new long[threads][mebibytes / threads * LONGS_PER_MIB];
        for (long[] share : shares) {
            // Untouched pages are all one zero page, which a cache would hold.
            for (int i = 0; i < share.length; i += 512) {
                share[i] = i;
            }
        }
    }

    /** Reads everything {@code passes} times after one pass of warm-up; the result is in GB/s (1e9 bytes). */
    public Spread gigabytesPerSecond(int passes) throws InterruptedException {
        double[] rates = new double[passes];
        pass();
        for (int i = 0; i < passes; i++) {
            rates[i] = bytes() / (double) pass();
        }
        return Spread.of(rates);
    }

    @Override
    public void close() {
        for (int i = 0; i < shares.length; i++) {
            shares[i] = new long[0];
        }
    }

    private long bytes() {
        return (long) shares.length * shares[0].length * Long.BYTES;
    }

    /** Returns the nanoseconds from the common start to the last thread's end. */
    private long pass() throws InterruptedException {
        CyclicBarrier start = new CyclicBarrier(shares.length);
        Reader[] readers = new Reader[shares.length];
        Thread[] threads = new Thread[shares.length];
        for (int i = 0; i < shares.length; i++) {
            readers[i] = new Reader(shares[i], start);
            threads[i] = new Thread(readers[i], "dram-probe-" + i);
            threads[i].start();
        }
        long from = Long.MAX_VALUE;
        long to = Long.MIN_VALUE;
        for (int i = 0; i < shares.length; i++) {
            threads[i].join();
            from = Math.min(from, readers[i].from);
            to = Math.max(to, readers[i].to);
        }
        return Math.max(1, to - from);
    }

    /** Sums one array. The sum is kept so that the reading cannot be optimized away. */
    private static final class Reader implements Runnable {
        private final long[] share;
        private final CyclicBarrier start;
        private long from;
        private long to;
        private long sum;

        Reader(long[] share, CyclicBarrier start) {
            this.share = share;
            this.start = start;
        }

        @Override
        public void run() {
            try {
                start.await();
            } catch (InterruptedException | BrokenBarrierException e) {
                Thread.currentThread().interrupt();
                return;
            }
            from = System.nanoTime();
            for (int i = 0; i < share.length; i += LONGS_PER_MIB) {
                sum += sum(share, i, Math.min(share.length, i + LONGS_PER_MIB));
            }
            to = System.nanoTime() + (sum == 42 ? 1 : 0);
        }

        /** A method of its own, so that it is compiled as a whole after a few calls. */
        private static long sum(long[] values, int from, int to) {
            long total = 0;
            for (int i = from; i < to; i++) {
                total += values[i];
            }
            return total;
        }
    }
}

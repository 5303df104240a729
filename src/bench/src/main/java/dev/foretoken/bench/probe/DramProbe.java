package dev.foretoken.bench.probe;

import dev.foretoken.bench.stats.Spread;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;

/**
 * Reads memory far larger than any cache and says how many bytes per second came in. Every thread sums its own share, so
 * the figure is read bandwidth without writes. Decoding one sequence reads every weight once per token: it can be at most
 * bandwidth divided by the bytes of the weights.
 */
public final class DramProbe implements AutoCloseable {
    private static final long MIB = 1 << 20;
    private static final int STREAMS = 4;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment[] shares;

    /** @param mebibytes memory read by all threads together */
    public DramProbe(int threads, int mebibytes) {
        if (threads < 1 || mebibytes < threads || mebibytes / threads > 8192) {
            throw new IllegalArgumentException(
                    "%d threads reading %d MiB; expected at least 1 thread and 1 to 8192 MiB for each"
                            .formatted(threads, mebibytes));
        }
        shares = new MemorySegment[threads];
        for (int i = 0; i < threads; i++) {
            shares[i] = HugePages.allocate(arena, mebibytes / threads * MIB);
            // Untouched pages are all one zero page, which a cache would hold.
            shares[i].fill((byte) 1);
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
        arena.close();
    }

    private long bytes() {
        return shares.length * shares[0].byteSize();
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

    /** Sums one share. The sum is kept so that the reading cannot be optimized away. */
    private static final class Reader implements Runnable {
        private final MemorySegment share;
        private final CyclicBarrier start;
        private long from;
        private long to;
        private long sum;

        Reader(MemorySegment share, CyclicBarrier start) {
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
            for (long at = 0; at < share.byteSize(); at += MIB) {
                sum += sum(share, at);
            }
            to = System.nanoTime() + (sum == 42 ? 1 : 0);
        }

        /** A mebibyte as four streams: more lines are under way at once than one stream's prefetcher asks for. */
        private static long sum(MemorySegment share, long from) {
            long a = 0;
            long b = 0;
            long c = 0;
            long d = 0;
            for (long at = from, end = from + MIB / STREAMS; at < end; at += Long.BYTES) {
                a += share.get(ValueLayout.JAVA_LONG, at);
                b += share.get(ValueLayout.JAVA_LONG, at + MIB / STREAMS);
                c += share.get(ValueLayout.JAVA_LONG, at + 2 * (MIB / STREAMS));
                d += share.get(ValueLayout.JAVA_LONG, at + 3 * (MIB / STREAMS));
            }
            return a + b + c + d;
        }
    }
}

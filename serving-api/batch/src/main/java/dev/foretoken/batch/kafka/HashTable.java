package dev.foretoken.batch.kafka;

/** A set of hashes in one array: open addressing, at most two thirds full. */
final class HashTable {

    private static final int SMALLEST = 64;

    /** Pairs of high and low; both 0 = free, so that the hash 0, 0 counts as another. */
    private long[] pairs = new long[2 * SMALLEST];

    private int size;

    boolean contains(IdHash hash) {
        int at = place(pairs, hash.high(), low(hash));
        return !isFree(pairs, at);
    }

    /** Returns whether it was not there. */
    boolean add(IdHash hash) {
        int at = place(pairs, hash.high(), low(hash));
        if (!isFree(pairs, at)) {
            return false;
        }
        pairs[at] = hash.high();
        pairs[at + 1] = low(hash);
        size++;
        if (3L * size > pairs.length) {
            grow();
        }
        return true;
    }

    int size() {
        return size;
    }

    private void grow() {
        long[] larger = new long[Math.multiplyExact(pairs.length, 2)];
        for (int from = 0; from < pairs.length; from += 2) {
            if (!isFree(pairs, from)) {
                int to = place(larger, pairs[from], pairs[from + 1]);
                larger[to] = pairs[from];
                larger[to + 1] = pairs[from + 1];
            }
        }
        pairs = larger;
    }

    /** Where the pair is, or the free place where it would be. */
    private static int place(long[] pairs, long high, long low) {
        int mask = pairs.length / 2 - 1;
        int slot = (int) high & mask;
        while (!isFree(pairs, 2 * slot) && (pairs[2 * slot] != high || pairs[2 * slot + 1] != low)) {
            slot = (slot + 1) & mask;
        }
        return 2 * slot;
    }

    private static boolean isFree(long[] pairs, int at) {
        return pairs[at] == 0 && pairs[at + 1] == 0;
    }

    private static long low(IdHash hash) {
        return hash.high() == 0 && hash.low() == 0 ? 1 : hash.low();
    }
}

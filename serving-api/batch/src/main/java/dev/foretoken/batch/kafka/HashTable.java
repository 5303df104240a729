package dev.foretoken.batch.kafka;

/**
 * Hashes with a mark each, in one array: open addressing, at most three quarters full. It grows by half until it holds {@code most} hashes, for which it
 * then has 32 bytes each.
 */
final class HashTable {

    /** What {@link #mark} says of a hash that is not there. */
    static final long ABSENT = -1;

    private static final int SMALLEST = 64;
    private static final int WIDTH = 3;

    private final int largest;

    /** High, low and mark; high and low both 0 = free, so that the hash 0, 0 counts as another. */
    private long[] places;

    private int size;

    /** @param most it is asked to hold, below 2^28 */
    HashTable(int most) {
        largest = Math.max(SMALLEST, Math.ceilDiv(4 * most, 3) + 1);
        places = new long[WIDTH * SMALLEST];
    }

    /** That of the hash, or {@link #ABSENT}. */
    long mark(IdHash hash) {
        int at = place(places, hash.high(), low(hash));
        return isFree(places, at) ? ABSENT : places[at + 2];
    }

    /** Adds the hash, or gives it another mark. @param mark any but {@link #ABSENT} */
    void put(IdHash hash, long mark) {
        if (4L * WIDTH * size >= 3L * places.length) {
            grow();
        }
        int at = place(places, hash.high(), low(hash));
        size += isFree(places, at) ? 1 : 0;
        places[at] = hash.high();
        places[at + 1] = low(hash);
        places[at + 2] = mark;
    }

    int size() {
        return size;
    }

    /** Bytes that it takes. */
    long bytes() {
        return (long) Long.BYTES * places.length;
    }

    private void grow() {
        int slots = places.length / WIDTH;
        long wider = Math.min(slots + slots / 2L, slots < largest ? largest : Long.MAX_VALUE);
        long[] larger = new long[Math.toIntExact(WIDTH * wider)];
        for (int from = 0; from < places.length; from += WIDTH) {
            if (!isFree(places, from)) {
                int to = place(larger, places[from], places[from + 1]);
                System.arraycopy(places, from, larger, to, WIDTH);
            }
        }
        places = larger;
    }

    /** Where the hash is, or the free place where it would be. */
    private static int place(long[] places, long high, long low) {
        int slots = places.length / WIDTH;
        int slot = (int) Math.unsignedMultiplyHigh(high, slots);
        int at = WIDTH * slot;
        while (!isFree(places, at) && (places[at] != high || places[at + 1] != low)) {
            at = at + WIDTH == places.length ? 0 : at + WIDTH;
        }
        return at;
    }

    private static boolean isFree(long[] places, int at) {
        return places[at] == 0 && places[at + 1] == 0;
    }

    private static long low(IdHash hash) {
        return hash.high() == 0 && hash.low() == 0 ? 1 : hash.low();
    }
}

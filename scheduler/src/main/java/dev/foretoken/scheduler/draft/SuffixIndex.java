package dev.foretoken.scheduler.draft;

import dev.foretoken.contract.runtime.SequenceView;

/**
 * Finds where a sequence's last three, two or one tokens stood before; the longest match wins, of equally long ones the newest. A table of
 * fixed size in which newer entries overwrite older ones, so memory is bounded and an entry may be forgotten but never lies: what it names is
 * compared with the tokens themselves. Allocates nothing after construction.
 */
final class SuffixIndex implements Drafter {

    private static final int LONGEST = 3;
    private static final int LEAST_SLOTS = 64;
    private static final int MOST_SLOTS = 1 << 15;
    /** Odd and far from simple fractions: multiplicative hashing (Knuth, volume 3, 6.4). */
    private static final int SPREAD = 0x9E3779B1;

    private final SequenceView sequence;
    /** Position behind the newest tokens that hash to a slot; 0 = none. */
    private final int[] ends;

    private int indexed;

    SuffixIndex(SequenceView sequence) {
        this.sequence = sequence;
        int wanted = Math.clamp((long) LONGEST * sequence.maxLength(), LEAST_SLOTS, MOST_SLOTS);
        this.ends = new int[Integer.highestOneBit(2 * wanted - 1)];
    }

    @Override
    public int propose(int most, int[] target) {
        int length = sequence.length();
        index(length - 1);
        for (int count = Math.min(LONGEST, length - 1); count >= 1; count--) {
            int end = ends[slot(count, length)];
            if (isRepeated(count, end, length)) {
                copy(end, most, target);
                return most;
            }
        }
        return 0;
    }

    /** Takes in the tokens before {@code last}: of those the follower is known. */
    private void index(int last) {
        for (int end = indexed + 1; end <= last; end++) {
            for (int count = Math.min(LONGEST, end); count >= 1; count--) {
                ends[slot(count, end)] = end;
            }
        }
        indexed = Math.max(indexed, last);
    }

    private int slot(int count, int end) {
        int hash = count;
        for (int position = end - count; position < end; position++) {
            hash = (hash ^ sequence.tokenAt(position)) * SPREAD;
            hash ^= hash >>> 15;
        }
        return hash & (ends.length - 1);
    }

    private boolean isRepeated(int count, int end, int length) {
        for (int i = 1; i <= count; i++) {
            if (end < i || sequence.tokenAt(end - i) != sequence.tokenAt(length - i)) {
                return false;
            }
        }
        return true;
    }

    /** A match that ends right before the end is a repetition: it is taken to go on. */
    private void copy(int end, int most, int[] target) {
        int length = sequence.length();
        for (int i = 0; i < most; i++) {
            int position = end + i;
            target[i] = position < length ? sequence.tokenAt(position) : target[position - length];
        }
    }
}

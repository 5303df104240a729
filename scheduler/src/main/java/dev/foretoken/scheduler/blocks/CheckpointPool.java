package dev.foretoken.scheduler.blocks;

import java.util.function.IntConsumer;

/**
 * The numbers under which copies of recurrent states are kept. A number is free, referenced (by a save under way, a sequence that will be
 * restored from it, proposals that may be rejected), or idle: unreferenced, and kept because its prefix may come again. When no number is
 * free the idle one goes whose copy is worth least: the tokens it spares times how often it did, aged as Cherkasova 1998 ages files
 * ("GreedyDual-Size with frequency"). Nothing here allocates after construction.
 */
public final class CheckpointPool {

    public static final int NONE = -1;

    private final int[] references;
    private final boolean[] kept;
    private final int[] sparedTokens;
    private final int[] uses;
    private final long[] worth;
    private final long[] touched;
    private final int[] free;
    private int freeCount;
    private long age;
    private long touches;
    private IntConsumer evicted = number -> {};
    private IntConsumer dropped = number -> {};

    public CheckpointPool(int units) {
        this.references = new int[units];
        this.kept = new boolean[units];
        this.sparedTokens = new int[units];
        this.uses = new int[units];
        this.worth = new long[units];
        this.touched = new long[units];
        this.free = new int[units];
        this.freeCount = units;
        for (int i = 0; i < units; i++) {
            free[i] = units - 1 - i;
        }
    }

    /** Told of every idle number that is given up to make room, before {@link #onDrop}. */
    public void onEviction(IntConsumer listener) {
        this.evicted = listener;
    }

    /** Told of every number that becomes free: its copy can go. */
    public void onDrop(IntConsumer listener) {
        this.dropped = listener;
    }

    public int units() {
        return references.length;
    }

    /** Numbers that are not free. */
    public int held() {
        return references.length - freeCount;
    }

    public int references(int number) {
        return references[number];
    }

    public boolean isKept(int number) {
        return kept[number];
    }

    /**
     * Takes a number with one reference, or {@link #NONE} when all others are referenced.
     *
     * @param spare numbers that must stay free
     * @param tokens how many positions a restored sequence need not compute again thanks to it
     */
    public int allocate(int spare, int tokens) {
        if (freeCount <= spare && !evictLeastWorth()) {
            return NONE;
        }
        int number = free[--freeCount];
        references[number] = 1;
        sparedTokens[number] = tokens;
        uses[number] = 1;
        weigh(number);
        return number;
    }

    /** Adds a user to a referenced or idle number. */
    public void retain(int number) {
        if (references[number] == 0 && !kept[number]) {
            throw new IllegalStateException("checkpoint " + number + " is free and cannot be used");
        }
        references[number]++;
    }

    /** Removes a user. */
    public void release(int number) {
        if (references[number] == 0) {
            throw new IllegalStateException("checkpoint " + number + " has no user to release it");
        }
        if (--references[number] == 0 && !kept[number]) {
            drop(number);
        }
    }

    /** Keeps a referenced number's copy beyond its last user. */
    public void keep(int number) {
        if (references[number] == 0) {
            throw new IllegalStateException("checkpoint " + number + " has no user and no copy to keep");
        }
        kept[number] = true;
    }

    /** Ends {@link #keep}: an idle number becomes free. */
    public void forget(int number) {
        if (kept[number]) {
            kept[number] = false;
            if (references[number] == 0) {
                drop(number);
            }
        }
    }

    /** A sequence goes on from this copy. */
    public void used(int number) {
        uses[number]++;
        weigh(number);
    }

    private void weigh(int number) {
        worth[number] = age + (long) uses[number] * sparedTokens[number];
        touched[number] = touches++;
    }

    private void drop(int number) {
        free[freeCount++] = number;
        dropped.accept(number);
    }

    private boolean evictLeastWorth() {
        int least = NONE;
        for (int number = 0; number < references.length; number++) {
            boolean idle = kept[number] && references[number] == 0;
            if (idle && (least == NONE || goesBefore(number, least))) {
                least = number;
            }
        }
        if (least == NONE) {
            return false;
        }
        age = worth[least];
        kept[least] = false;
        evicted.accept(least);
        drop(least);
        return true;
    }

    private boolean goesBefore(int number, int other) {
        return worth[number] != worth[other] ? worth[number] < worth[other] : touched[number] < touched[other];
    }
}

package dev.foretoken.scheduler.loop;

import dev.foretoken.contract.prefix.PrefixChange;
import dev.foretoken.contract.prefix.PrefixKey;
import dev.foretoken.scheduler.prefix.PrefixContents;
import dev.foretoken.scheduler.prefix.PrefixListener;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The newest changes of a prefix cache, numbered. The loop's thread writes and never waits; any number of readers follow, and one that is too slow
 * finds the number it wants overwritten. Nothing is written before there is a reader.
 */
final class PrefixJournal implements PrefixListener {

    /** A change, and its number: it says whether a reader finds the one it looks for. */
    private record Entry(long number, PrefixChange change) {}

    /**
     * Everything held at one moment.
     *
     * @param held in any order
     * @param next number of the first change after it
     */
    record Snapshot(List<PrefixChange.Stored> held, long next) {}

    private final AtomicReferenceArray<@Nullable Entry> ring;
    /** Of the next change; written by the loop's thread. */
    private volatile long next;

    /** Loop's thread only. */
    private boolean followed;

    /** {@code capacity}: changes kept. */
    PrefixJournal(int capacity) {
        this.ring = new AtomicReferenceArray<>(capacity);
    }

    /** On the loop's thread: writes down what changes from now on. */
    void follow() {
        followed = true;
    }

    /** On the loop's thread: everything that is held now. */
    Snapshot snapshot(PrefixContents contents) {
        follow();
        List<PrefixChange.Stored> held = new ArrayList<>();
        contents.tell(new PrefixListener() {
            @Override
            public void stored(PrefixKey key, PrefixKey parent, int index, int parts) {
                held.add(new PrefixChange.Stored(key, parent, index, parts));
            }

            @Override
            public void removed(PrefixKey key, int parts) {
                throw new IllegalStateException("what is held is told, not what is not");
            }
        });
        return new Snapshot(held, next);
    }

    @Override
    public void stored(PrefixKey key, PrefixKey parent, int index, int parts) {
        if (followed) {
            write(new PrefixChange.Stored(key, parent, index, parts));
        }
    }

    @Override
    public void removed(PrefixKey key, int parts) {
        if (followed) {
            write(new PrefixChange.Removed(key, parts));
        }
    }

    private void write(PrefixChange change) {
        long number = next;
        ring.set(place(number), new Entry(number, change));
        next = number + 1;
    }

    /** Number that the next change will have. */
    long next() {
        return next;
    }

    /** The change with this number, or null when it is overwritten or has not come. */
    @Nullable
    PrefixChange read(long number) {
        Entry entry = ring.get(place(number));
        return entry == null || entry.number() != number ? null : entry.change();
    }

    private int place(long number) {
        return (int) (number % ring.length());
    }
}

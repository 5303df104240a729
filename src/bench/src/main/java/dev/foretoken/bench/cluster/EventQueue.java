package dev.foretoken.bench.cluster;

import java.util.Arrays;

/**
 * What happens next: a binary heap over two arrays, so that an event takes no memory of its own. Events of one time come in the order in which
 * they were added.
 */
final class EventQueue {

    /** What an event is; its subject is a pod. */
    enum Kind {
        STEP_END,
        REPORT,
        FAILURE,
        RETURN,
    }

    private static final int SUBJECT_BITS = 20;
    private static final int KIND_BITS = 2;
    private static final Kind[] KINDS = Kind.values();

    private long[] times = new long[1024];
    /** From the top: number of the event, its kind, its subject. */
    private long[] tags = new long[1024];

    private int size;
    private long added;
    private long tag;

    boolean isEmpty() {
        return size == 0;
    }

    /** When the first event happens, in nanoseconds; there must be one. */
    long nextTime() {
        return times[0];
    }

    /** {@code at}: nanoseconds; {@code subject}: below 2^20. */
    void add(long at, Kind kind, int subject) {
        if (size == times.length) {
            times = Arrays.copyOf(times, 2 * size);
            tags = Arrays.copyOf(tags, 2 * size);
        }
        long label = (added++ << KIND_BITS | kind.ordinal()) << SUBJECT_BITS | subject;
        int hole = size++;
        while (hole > 0 && isBefore(at, label, (hole - 1) / 2)) {
            move((hole - 1) / 2, hole);
            hole = (hole - 1) / 2;
        }
        times[hole] = at;
        tags[hole] = label;
    }

    /** Takes the first event out; what it was is read from {@link #kind} and {@link #subject}. */
    void take() {
        tag = tags[0];
        long lastTime = times[--size];
        long lastTag = tags[size];
        int hole = 0;
        int child = earlierChild(0);
        while (child < size && !isBefore(lastTime, lastTag, child)) {
            move(child, hole);
            hole = child;
            child = earlierChild(hole);
        }
        times[hole] = lastTime;
        tags[hole] = lastTag;
    }

    private int earlierChild(int parent) {
        int left = 2 * parent + 1;
        return left + 1 < size && isBefore(times[left + 1], tags[left + 1], left) ? left + 1 : left;
    }

    private boolean isBefore(long at, long label, int index) {
        return at < times[index] || at == times[index] && label < tags[index];
    }

    private void move(int from, int to) {
        times[to] = times[from];
        tags[to] = tags[from];
    }

    Kind kind() {
        return KINDS[(int) (tag >>> SUBJECT_BITS) & (1 << KIND_BITS) - 1];
    }

    int subject() {
        return (int) tag & (1 << SUBJECT_BITS) - 1;
    }
}

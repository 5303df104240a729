package dev.foretoken.batch.kafka;

/**
 * Which ids of one partition were answered, and what they asked: at least the newest {@code least}, at most twice as many. Two
 * tables take turns; when the younger is full the older is forgotten. 64 bytes for each of {@code least}, at most.
 *
 * <p>One thread.
 */
final class AnsweredIds {

    /** What is known of an id. */
    enum Known {
        /** Nothing. */
        NEW,
        /** The same request had it before. */
        REPEATED,
        /** Another request has it. */
        TAKEN,
    }

    private static final long MARKS = Long.MAX_VALUE;

    private int least;
    private HashTable young;
    private HashTable old;

    AnsweredIds(int least) {
        this.least = least;
        this.young = new HashTable(least);
        this.old = young;
    }

    /** From now on at least the newest so many are known; where the younger table alone holds those, the older is forgotten at once. */
    void resize(int newLeast) {
        least = newLeast;
        turnIfFull();
    }

    /** What is known of an id with which this is asked. */
    Known known(IdHash hash, RequestDigest digest) {
        long known = young.mark(hash);
        if (known == HashTable.ABSENT && old != young) {
            known = old.mark(hash);
        }
        if (known == HashTable.ABSENT) {
            return Known.NEW;
        }
        return known(known, mark(digest));
    }

    /** Of an id with which this was asked before, and now that. */
    static Known known(RequestDigest before, RequestDigest now) {
        return known(mark(before), mark(now));
    }

    private static Known known(long before, long now) {
        return before == now || before == 0 || now == 0 ? Known.REPEATED : Known.TAKEN;
    }

    /** That the id was answered: of two requests that had it, since it was forgotten between them, it is the later one's. */
    void remember(IdHash hash, RequestDigest digest) {
        turnIfFull();
        young.put(hash, mark(digest));
    }

    private static long mark(RequestDigest digest) {
        return digest.high() & MARKS;
    }

    private void turnIfFull() {
        if (young.size() >= least) {
            old = young;
            young = new HashTable(least);
        }
    }

    /** How many are known. */
    int size() {
        return old == young ? young.size() : young.size() + old.size();
    }

    /** Bytes that they take. */
    long bytes() {
        return old == young ? young.bytes() : young.bytes() + old.bytes();
    }
}

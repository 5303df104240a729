package dev.foretoken.batch.kafka;

/**
 * Which ids of one partition were answered, or are being answered, and what they asked: at least the newest {@code least}, at most twice as many. Two
 * tables take turns; when the younger is full the older is forgotten. 64 bytes for each of {@code least}, at most.
 *
 * <p>One thread.
 */
final class AnsweredIds {

    /** What is known of an id. */
    enum Known {
        /** Nothing, until now. */
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

    /** Remembers the id where it is new. */
    Known add(IdHash hash, RequestDigest digest) {
        long mark = mark(digest);
        long known = young.mark(hash);
        if (known == HashTable.ABSENT && old != young) {
            known = old.mark(hash);
        }
        if (known == HashTable.ABSENT) {
            remember(hash, digest);
            return Known.NEW;
        }
        return known == mark || known == 0 || mark == 0 ? Known.REPEATED : Known.TAKEN;
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

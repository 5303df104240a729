package dev.foretoken.batch.kafka;

/**
 * Which ids of one partition were answered, or are being answered: at least the newest {@code least}, at most twice as many. Two tables take turns;
 * when the younger is full the older is forgotten. 48 bytes for each id that is known, at most.
 *
 * <p>One thread.
 */
final class AnsweredIds {

    private final int least;
    private HashTable young = new HashTable();
    private HashTable old = new HashTable();

    AnsweredIds(int least) {
        this.least = least;
    }

    /** Remembers the id; returns whether it is new. */
    boolean add(byte[] id) {
        IdHash hash = IdHash.of(id);
        if (old.contains(hash) || !young.add(hash)) {
            return false;
        }
        if (young.size() >= least) {
            old = young;
            young = new HashTable();
        }
        return true;
    }

    /** How many are known. */
    int size() {
        return young.size() + old.size();
    }
}

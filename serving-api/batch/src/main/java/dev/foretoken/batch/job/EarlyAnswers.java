package dev.foretoken.batch.job;

import dev.foretoken.batch.BatchAnswer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Answers to requests of a job whose turn has not come: whoever had the job before sent them, or the answer could not be noted. Bounded: of
 * those that find no room it is known that they were answered. For one thread.
 */
final class EarlyAnswers {

    private final long mostBytes;
    private final Map<Integer, Kept> kept = new HashMap<>();
    private final BitSet forgotten = new BitSet();
    private long bytes;

    private record Kept(BatchAnswer answer, boolean isFinal) {}

    /** @param mostBytes of bodies */
    EarlyAnswers(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /** Of several answers to one request the last counts, but that none which may be better soon takes the place of one that is final. */
    void add(int index, BatchAnswer answer, boolean isFinal) {
        if (!isFinal && Optional.ofNullable(kept.get(index)).map(Kept::isFinal).orElse(false)) {
            return;
        }
        take(index);
        if (bytes + answer.body().length > mostBytes) {
            forgotten.set(index);
            return;
        }
        forgotten.clear(index);
        kept.put(index, new Kept(answer, isFinal));
        bytes += answer.body().length;
    }

    Optional<BatchAnswer> take(int index) {
        Kept found = kept.remove(index);
        if (found != null) {
            bytes -= found.answer().body().length;
        }
        return Optional.ofNullable(found).map(Kept::answer);
    }

    boolean has(int index) {
        return kept.containsKey(index);
    }

    boolean isEmpty() {
        return kept.isEmpty();
    }

    /** Whether an answer was lost here, so that the request needs another one; once. */
    boolean takeForgotten(int index) {
        boolean was = forgotten.get(index);
        forgotten.clear(index);
        return was;
    }
}

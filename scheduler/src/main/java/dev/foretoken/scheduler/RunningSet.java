package dev.foretoken.scheduler;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The sequences that hold memory and get tokens, most urgent and oldest first. */
final class RunningSet {

    private final List<Sequence> sequences = new ArrayList<>();

    int size() {
        return sequences.size();
    }

    Sequence get(int index) {
        return sequences.get(index);
    }

    void add(Sequence sequence) {
        int index = Collections.binarySearch(sequences, sequence);
        sequences.add(-1 - index, sequence);
    }

    void remove(Sequence sequence) {
        int index = Collections.binarySearch(sequences, sequence);
        if (index < 0) {
            throw new IllegalStateException(sequence + " is not running");
        }
        sequences.remove(index);
    }

    /** Whether one of them has a single generated token to compute. */
    boolean anyGenerates() {
        for (int i = 0; i < sequences.size(); i++) {
            if (sequences.get(i).isDecoding()) {
                return true;
            }
        }
        return false;
    }

    /** The least urgent, youngest sequence behind {@code sequence} that no step in flight touches. */
    @Nullable
    Sequence lastBehind(Sequence sequence) {
        for (int i = sequences.size() - 1; i >= 0; i--) {
            Sequence candidate = sequences.get(i);
            if (candidate.compareTo(sequence) <= 0) {
                return null;
            }
            if (candidate.rowsInFlight == 0) {
                return candidate;
            }
        }
        return null;
    }
}

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
        sequence.line().run(1);
    }

    void remove(Sequence sequence) {
        int index = Collections.binarySearch(sequences, sequence);
        if (index < 0) {
            throw new IllegalStateException(sequence + " is not running");
        }
        sequences.remove(index);
        sequence.line().run(-1);
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

    /** Of the least urgent class behind {@code sequence} the youngest of the tenant that was served most, that no step in flight touches. */
    @Nullable
    Sequence lastBehind(Sequence sequence) {
        Sequence last = null;
        for (int i = sequences.size() - 1; i >= 0; i--) {
            Sequence candidate = sequences.get(i);
            if (candidate.compareTo(sequence) <= 0 || (last != null && candidate.priority() != last.priority())) {
                break;
            }
            boolean free = candidate.rowsInFlight == 0;
            if (free && (last == null || candidate.line().served() > last.line().served())) {
                last = candidate;
            }
        }
        return last;
    }

    /** Of the class of {@code sequence} the youngest of a tenant that runs more, by its weight, than that of {@code sequence} would with it. */
    @Nullable
    Sequence lastBeyondShare(Sequence sequence) {
        Sequence last = null;
        for (int i = sequences.size() - 1; i >= 0; i--) {
            Sequence candidate = sequences.get(i);
            if (candidate.priority() == sequence.priority() && candidate.line().runsMoreThan(sequence.line())) {
                boolean more =
                        last == null || candidate.line().served() > last.line().served();
                last = more ? candidate : last;
            }
        }
        return last;
    }
}

package dev.foretoken.scheduler;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Who can still have the first token by the time its caller hopes for. Where not all can, the shortest prompts go first, each with as much of
 * a step as it can use, and those who are late wait behind: that way most come in time. Whoever has no objective, or has missed it, keeps a
 * share of every step, so that everybody gets on.
 */
final class Promptness {

    private static final Comparator<Sequence> SHORTEST = Comparator.<Sequence>comparingInt(
                    sequence -> sequence.priority().ordinal())
            .thenComparingInt(Sequence::remaining)
            .thenComparingLong(sequence -> sequence.id);

    private final List<Sequence> hopeful = new ArrayList<>();
    private long now;

    void turnTo(long nanos) {
        now = nanos;
    }

    /** Whether {@code sequence} has its first token still to come, and may have it in time. */
    boolean canBeInTime(Sequence sequence) {
        return sequence.hopes() && now - sequence.group.submittedAt() < sequence.group.ttftObjective();
    }

    /** The running sequences that can have their first tokens in time, most urgent and shortest first. Valid until it is asked again. */
    List<Sequence> hopeful(RunningSet running) {
        hopeful.clear();
        for (int i = 0; i < running.size(); i++) {
            if (canBeInTime(running.get(i))) {
                hopeful.add(running.get(i));
            }
        }
        if (hopeful.size() > 1) {
            hopeful.sort(SHORTEST);
        }
        return hopeful;
    }
}

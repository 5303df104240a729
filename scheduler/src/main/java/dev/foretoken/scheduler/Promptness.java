package dev.foretoken.scheduler;

import dev.foretoken.contract.request.Priority;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Whose caller hopes for a first token by a time that has not passed. Where not all can be served in time, the shortest prompts go first, each
 * with as much of a step as it can use, and those who are late wait behind: that way most come in time. Whoever has no objective, or has
 * missed it, keeps a share of what its own class gets, so that everybody gets on; a lower class keeps nothing from a higher one.
 */
final class Promptness {

    /** One part in so many of the room for prompts is not for those in time. */
    private static final int LATE_SHARE = 4;

    private static final Comparator<Sequence> SHORTEST = Comparator.<Sequence>comparingInt(
                    sequence -> sequence.priority().ordinal())
            .thenComparingInt(Sequence::remaining)
            .thenComparingLong(sequence -> sequence.id);

    private final List<Sequence> hopeful = new ArrayList<>();
    private long now;

    void turnTo(long nanos) {
        now = nanos;
    }

    /** Whether the first token of {@code sequence} is still to come and its time has not passed yet; that it will be kept is not said. */
    boolean isHopeful(Sequence sequence) {
        return sequence.hopes() && now - sequence.group.submittedAt() < sequence.group.ttftObjective();
    }

    /** The running sequences that are hopeful, most urgent and shortest first. Valid until it is asked again. */
    List<Sequence> hopeful(RunningSet running) {
        hopeful.clear();
        for (int i = 0; i < running.size(); i++) {
            if (isHopeful(running.get(i))) {
                hopeful.add(running.get(i));
            }
        }
        if (hopeful.size() > 1) {
            hopeful.sort(SHORTEST);
        }
        return hopeful;
    }

    /** The most urgent and oldest of the {@code prompts} that run and are not hopeful. */
    @Nullable
    Sequence firstLate(RunningSet running, Predicate<Sequence> prompts) {
        for (int i = 0; i < running.size(); i++) {
            if (prompts.test(running.get(i)) && !isHopeful(running.get(i))) {
                return running.get(i);
            }
        }
        return null;
    }

    /** Tokens of {@code room} that hopeful prompts of class {@code priority} leave to {@code late}: all to a higher class, none to a lower. */
    static int leftTo(@Nullable Sequence late, Priority priority, int room, int leastSpan) {
        int order = late == null ? 1 : late.priority().compareTo(priority);
        if (order == 0) {
            return Math.min(room, Math.max(leastSpan, room / LATE_SHARE));
        }
        return order > 0 ? 0 : room;
    }
}

package dev.foretoken.scheduler;

import dev.foretoken.contract.request.Priority;
import java.util.List;

/**
 * What of a step is left to the least urgent class, offline work, while others are served. Whoever comes waits for the end of the step in progress,
 * and every answer for the end of its own: where that class filled steps to their brim, those with answers alone would take as long as those with
 * prompts. So its part of a step is bounded by what the others' own steps hold when they hold much, less what they have to compute now. Where
 * nobody else was there for a while it has every step to itself.
 */
final class LeftRoom {

    /** Steps after which others are forgotten. */
    static final int MEMORY = 256;

    /** Of what others' own steps hold. */
    private static final double SHARE = 0.5;

    /** What others' steps hold when they hold much: the most, that fades by one part in so many with every step. */
    private static final double FADING = 512;

    private final SchedulerState state;
    private final StepLimits limits;
    private long lastOthers = -MEMORY;
    private double most;
    private long given;
    private long left;

    LeftRoom(SchedulerState state) {
        this.state = state;
        this.limits = state.limits;
    }

    /** Begins a step. {@code prompts}: those that run. */
    void open(List<Sequence> prompts) {
        given = 0;
        Sequence head = state.waiting.head();
        boolean waits = head != null && !isLeast(head);
        boolean runs = state.running.size() > 0 && !isLeast(state.running.get(0));
        lastOthers = waits || runs ? state.nextStep : lastOthers;
        if (!limits.mixed() || state.nextStep - lastOthers >= MEMORY) {
            left = Long.MAX_VALUE;
            most = 0;
            return;
        }
        left = Math.max(limits.leastSpan(), (long) (SHARE * Math.min(limits.promptBesideDecode(), most)));
        left = Math.max(0, left - (waits ? head.remaining() : 0) - remaining(prompts));
    }

    private static long remaining(List<Sequence> prompts) {
        long tokens = 0;
        for (int i = 0; i < prompts.size(); i++) {
            tokens += isLeast(prompts.get(i)) ? 0 : prompts.get(i).remaining();
        }
        return tokens;
    }

    /** Of {@code room} tokens what {@code sequence} may have. */
    int of(Sequence sequence, int room) {
        return isLeast(sequence) ? (int) Math.min(room, Math.max(0, left / weight(sequence))) : room;
    }

    /** {@code sequence} was given {@code count} tokens. */
    void give(Sequence sequence, int count) {
        long weighed = (long) weight(sequence) * count;
        given += isLeast(sequence) ? 0 : weighed;
        left -= isLeast(sequence) ? weighed : 0;
    }

    /** Nobody got anything: whether it was because something was held back, which is no longer. */
    boolean lifts() {
        boolean held = left < Long.MAX_VALUE;
        left = Long.MAX_VALUE;
        return held;
    }

    /** Ends a step. */
    void close() {
        most = Math.max(given, most * (1 - 1 / FADING));
    }

    /** Generated tokens occupy a row each. */
    private static int weight(Sequence sequence) {
        return sequence.isDecoding() ? WaitingQueue.GENERATED_WEIGHT : WaitingQueue.PROMPT_WEIGHT;
    }

    private static boolean isLeast(Sequence sequence) {
        return sequence.priority() == Priority.BATCH;
    }
}

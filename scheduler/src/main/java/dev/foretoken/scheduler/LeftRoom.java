package dev.foretoken.scheduler;

import dev.foretoken.contract.request.Priority;
import dev.foretoken.scheduler.prefill.PromptCosts;
import java.util.List;

/**
 * What of a step is left to the least urgent class, offline work, while others are served. Whoever comes waits for the end of the step in progress,
 * and every answer for the end of its own: where that class filled steps to their brim, those with answers alone would take as long as those with
 * prompts. So it fills steps up to the {@link StepLevel}, which is just long enough for its part, less what others have to compute now; until it is
 * known what steps take, up to half of what the others' own steps hold when they hold much. Where nobody else was there for a while it has every
 * step to itself.
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
    private final StepLevel level;
    private long lastOthers = -MEMORY;
    private double most;
    private long given;
    /** Nanoseconds where it is known what steps take, otherwise tokens, of which answers count more than one. */
    private double left;

    LeftRoom(SchedulerState state, PromptCosts costs) {
        this.state = state;
        this.limits = state.limits;
        this.level = new StepLevel(state, costs);
    }

    /** Begins a step. {@code prompts}: those that run. */
    void open(List<Sequence> prompts) {
        given = 0;
        Sequence head = state.waiting.head();
        boolean waits = head != null && !isLeast(head);
        boolean runs = state.running.size() > 0 && !isLeast(state.running.get(0));
        lastOthers = waits || runs ? state.nextStep : lastOthers;
        boolean bounded = limits.mixed() && state.nextStep - lastOthers < MEMORY;
        level.open(bounded && isThere());
        most = bounded ? most : 0;
        left = bounded ? left((waits ? head.remaining() : 0) + remaining(prompts)) : Double.MAX_VALUE;
    }

    /** Whether there is any offline work: nobody else is held back. */
    private boolean isThere() {
        int running = state.running.size();
        return state.waiting.size() > state.waiting.upTo(Priority.LOW)
                || (running > 0 && isLeast(state.running.get(running - 1)));
    }

    /** While others have so many prompt tokens to compute. */
    private double left(long promptTokens) {
        if (level.isKnown()) {
            return level.room(promptTokens);
        }
        double half = SHARE * Math.min(limits.promptBesideDecode(), most);
        return Math.max(0, Math.floor(Math.max(limits.leastSpan(), half)) - promptTokens);
    }

    private static long remaining(List<Sequence> prompts) {
        long tokens = 0;
        for (int i = 0; i < prompts.size(); i++) {
            tokens += isLeast(prompts.get(i)) ? 0 : prompts.get(i).remaining();
        }
        return tokens;
    }

    /** Tokens that prompts may have beside answers in this step. */
    int promptTokens() {
        return level.promptTokens(limits.promptBesideDecode());
    }

    /** Of {@code room} tokens what {@code sequence} may have. */
    int of(Sequence sequence, int room) {
        return isLeast(sequence) ? (int) Math.min(room, Math.max(0, left / price(sequence))) : room;
    }

    /** {@code sequence} was given {@code count} tokens. */
    void give(Sequence sequence, int count) {
        given += isLeast(sequence) ? 0 : (long) weight(sequence) * count;
        left -= isLeast(sequence) ? price(sequence) * count : 0;
        level.give(sequence, count);
    }

    /** Nobody got anything: whether it was because something was held back, which is no longer. */
    boolean lifts() {
        boolean held = left < Double.MAX_VALUE;
        left = Double.MAX_VALUE;
        return held;
    }

    /** Ends a step. */
    void close() {
        most = Math.max(given, most * (1 - 1 / FADING));
        level.close();
    }

    private double price(Sequence sequence) {
        return level.isKnown() ? level.price(sequence) : weight(sequence);
    }

    /** Generated tokens occupy a row each. */
    private static int weight(Sequence sequence) {
        return sequence.isDecoding() ? WaitingQueue.GENERATED_WEIGHT : WaitingQueue.PROMPT_WEIGHT;
    }

    private static boolean isLeast(Sequence sequence) {
        return sequence.priority() == Priority.BATCH;
    }
}

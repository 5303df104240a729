package dev.foretoken.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * Keeps steps short for tenants that ask for less than their share: their prompts wait for the end of the step in progress, and for that of their
 * own. Where prompts come of a tenant that was served far less than others, those of the others wait for the next step, and now and then their
 * answers, too: those who waited longest for the step in progress get the shortest steps. And where tenants met lately, the prompts of one with a
 * backlog are spread over the steps: each has about as many of their tokens as those before had on average, not all that it could hold at once.
 * Who is alone has every step to itself.
 */
final class PromptPace {

    /** Steps after which a tenant that was met is forgotten. */
    static final int MEMORY = 1024;

    /** A tenant of whom as many wait as fill one row in so many wants more than there is. */
    private static final int BACKLOG_ROWS = 4;

    /** Of steps that prompts could fill, one in so many may be left to one tenant: it costs the others at most what an empty step takes. */
    private static final int STEPS_PER_YIELD = 4;

    /** Answers may be paused in one step of so many, for the same price. */
    private static final int STEPS_PER_PAUSE = 32;

    /** What was not used is kept for so many. */
    private static final int KEPT = 16;

    /** Part of a step that is waited for before the prompts of others wait for a next one, where that costs nothing but evenness. */
    private static final double WAITED = 0.5;

    /** What steps hold is averaged over so many. */
    private static final int AVERAGED = 64;

    /** Above the average by so much, so that rows that lack nothing stay so. */
    private static final double MARGIN = 1 / 16.0;

    /** What rows lack is made up for in so many steps. */
    private static final int STEPS_TO_MEND = 8;

    private final SchedulerState state;
    private final StepLimits limits;
    private final int backlog;
    private long lastMeeting = -MEMORY;
    private long lastOpened;
    /** Nanoseconds from the step before to this one. */
    private long stepTime;

    private boolean paced;
    /** Of prompts with a backlog: what a step has on average, and what the next one may have. */
    private double average;

    private double tokens;

    /** Steps since the last one of its kind, those kept included. */
    private int toYield;

    private int toPause;

    private int given;
    private boolean yielded;
    private boolean paused;
    private @Nullable Sequence due;
    private @Nullable Sequence first;

    PromptPace(SchedulerState state) {
        this.state = state;
        this.limits = state.limits;
        this.backlog = Math.max(1, limits.sequences() / BACKLOG_ROWS);
        this.average = limits.promptBesideDecode();
        this.tokens = limits.tokens();
    }

    /** Begins a step. {@code next}: whose prompt comes first, if answers beside it could be left out. */
    void open(@Nullable Sequence next) {
        boolean several = state.waiting.several();
        stepTime = state.now - lastOpened;
        lastOpened = state.now;
        lastMeeting = several ? state.nextStep : lastMeeting;
        boolean met = limits.ragged() && state.nextStep - lastMeeting < MEMORY && state.waiting.longest() >= backlog;
        paced = met && state.running.anyGenerates();
        tokens = met ? tokens : limits.tokens();
        due = next != null && several && !paused && isDue(next, toPause, STEPS_PER_PAUSE) ? next : null;
        toYield = Math.min(KEPT * STEPS_PER_YIELD, toYield + 1);
        toPause = Math.min(KEPT * STEPS_PER_PAUSE, toPause + 1);
        given = 0;
        yielded = false;
        paused = false;
        first = null;
    }

    /** Whether {@code sequence} has waited so long that it is worth {@code price} of what is {@code kept}: the more that is, the sooner. */
    private boolean isDue(Sequence sequence, int kept, int price) {
        return kept >= price && hasWaited(sequence, 1 - (double) kept / (KEPT * price));
    }

    private boolean hasWaited(Sequence sequence, double part) {
        return state.now - sequence.group.submittedAt() >= part * stepTime;
    }

    /** Whether the answer of {@code sequence} waits for the next step; never twice in a row. */
    boolean pauses(Sequence sequence) {
        boolean waits = due != null && comesFarBehind(sequence, due);
        paused |= waits;
        return waits;
    }

    /** Whether an answer waits for the next step. */
    boolean paused() {
        return paused;
    }

    /** Whether answers wait for a prompt that got no place: they need not. */
    boolean resumes() {
        boolean vain = paused && first == null;
        paused &= !vain;
        due = vain ? null : due;
        return vain;
    }

    /** Of {@code room} tokens what the prompt of {@code sequence} may have. */
    int room(Sequence sequence, int room) {
        if (yields(sequence)) {
            yielded = true;
            return 0;
        }
        if (!isPaced(sequence)) {
            return room;
        }
        int left = Math.max(0, (int) tokens - given);
        return Math.min(room, left);
    }

    private boolean yields(Sequence sequence) {
        return first != null && comesFarBehind(sequence, first) && (paused || yielded || isDueAlone(first));
    }

    private boolean isDueAlone(Sequence sequence) {
        return promptsFillSteps() ? isDue(sequence, toYield, STEPS_PER_YIELD) : hasWaited(sequence, WAITED);
    }

    private static boolean comesFarBehind(Sequence sequence, Sequence other) {
        return sequence.priority() == other.priority() && sequence.line().isFarBehind(other.line());
    }

    private boolean isPaced(Sequence sequence) {
        return paced && sequence.line().size() >= backlog;
    }

    /** Whether a prompt that waits has to be made up for by one step more. */
    private boolean promptsFillSteps() {
        return tokens >= limits.promptBesideDecode() || !state.running.anyGenerates();
    }

    /** The prompt of {@code sequence} was given {@code count} tokens. */
    void give(Sequence sequence, int count) {
        if (count > 0) {
            first = first == null ? sequence : first;
            given += isPaced(sequence) ? count : 0;
        }
    }

    /** Ends a step, and says what the next one may have. */
    void close() {
        if (paused || yielded) {
            toPause -= paused ? STEPS_PER_PAUSE : 0;
            toYield -= !paused && promptsFillSteps() ? STEPS_PER_YIELD : 0;
        } else if (paced) {
            average += (given - average) / AVERAGED;
        }
        if (paced) {
            double next = average * (1 + MARGIN) + (double) lacking() / STEPS_TO_MEND;
            tokens = Math.min(limits.tokens(), Math.max(limits.leastSpan(), next));
        }
    }

    /** Prompt tokens for want of which rows do not draw in this step. */
    private long lacking() {
        Sequence head = state.waiting.head();
        long lacking = head == null ? 0 : (long) (limits.sequences() - state.running.size()) * head.remaining();
        for (int i = 0; i < state.running.size(); i++) {
            Sequence sequence = state.running.get(i);
            lacking += sequence.isDecoding() ? 0 : sequence.remaining() - sequence.planned;
        }
        return lacking;
    }
}

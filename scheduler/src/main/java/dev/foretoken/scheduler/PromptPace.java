package dev.foretoken.scheduler;

import org.jspecify.annotations.Nullable;

/**
 * Keeps steps short for tenants that ask for less than their share: their prompts wait for the end of the step in progress, and for that of their
 * own. Where prompts come of a tenant that was served far less than others, those of the others wait for the next step, and now and then their
 * answers, too. And where tenants met lately, the prompts of one with a backlog are spread over the steps: they get as many tokens as keep the
 * rows drawing, not all that a step could hold at once. Who is alone has every step to itself.
 */
final class PromptPace {

    /** Steps after which a tenant that was met is forgotten. */
    static final int MEMORY = 1024;

    /** One row in so many may be without a draw for want of prompts: what the pace may cost. */
    private static final int IDLE_ROWS = 20;

    /** A tenant of whom as many wait as fill one row in so many wants more than there is. */
    private static final int BACKLOG_ROWS = 4;

    /** Of steps that prompts could fill, one in so many may be left to one tenant: it costs the others at most what an empty step takes. */
    private static final int STEPS_PER_YIELD = 4;

    /** Answers may be paused in one step of so many, for the same price. */
    private static final int STEPS_PER_PAUSE = 32;

    /** What was not used is kept for so many. */
    private static final int KEPT = 16;

    private static final double RISE = 1 / 8.0;
    private static final double FALL = 1 / 64.0;

    private final SchedulerState state;
    private final StepLimits limits;
    private final int backlog;
    private final int mayIdle;
    private long lastMeeting = -MEMORY;
    private boolean paced;
    private double tokens;

    /** Steps since the last one of its kind, those kept included. */
    private int toYield;

    private int toPause;

    private int given;
    private boolean cut;
    private boolean yielded;
    private boolean paused;
    private @Nullable Sequence due;
    private @Nullable Sequence first;

    PromptPace(SchedulerState state) {
        this.state = state;
        this.limits = state.limits;
        this.backlog = Math.max(1, limits.sequences() / BACKLOG_ROWS);
        this.mayIdle = (limits.sequences() + IDLE_ROWS / 4) / IDLE_ROWS;
        this.tokens = limits.tokens();
    }

    /** Begins a step. {@code next}: whose prompt comes first, if answers beside it could be left out. */
    void open(@Nullable Sequence next) {
        boolean several = state.waiting.several();
        lastMeeting = several ? state.nextStep : lastMeeting;
        paced = limits.ragged() && state.nextStep - lastMeeting < MEMORY && state.waiting.longest() >= backlog;
        tokens = paced ? tokens : limits.tokens();
        due = several && !paused && toPause >= STEPS_PER_PAUSE ? next : null;
        toYield = Math.min(KEPT * STEPS_PER_YIELD, toYield + 1);
        toPause = Math.min(KEPT * STEPS_PER_PAUSE, toPause + 1);
        given = 0;
        cut = false;
        yielded = false;
        paused = false;
        first = null;
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
        cut |= left < room;
        return Math.min(room, left);
    }

    private boolean yields(Sequence sequence) {
        return first != null
                && comesFarBehind(sequence, first)
                && (paused || toYield >= STEPS_PER_YIELD || !promptsFillSteps());
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

    /** Ends a step: more for the next when rows did not draw for want of prompts, else a little less. */
    void close() {
        if (paused || yielded) {
            toPause -= paused ? STEPS_PER_PAUSE : 0;
            toYield -= !paused && promptsFillSteps() ? STEPS_PER_YIELD : 0;
        } else if (paced) {
            boolean idle = cut && drawing() < limits.sequences() - mayIdle;
            tokens += idle ? 1 + tokens * RISE : -tokens * FALL;
            tokens = Math.max(limits.leastSpan(), Math.min(tokens, limits.tokens()));
        }
    }

    private int drawing() {
        int rows = 0;
        for (int i = 0; i < state.running.size(); i++) {
            Sequence sequence = state.running.get(i);
            rows += sequence.planned > 0 && sequence.planned >= sequence.remaining() ? 1 : 0;
        }
        return rows;
    }
}

package dev.foretoken.scheduler;

import dev.foretoken.scheduler.prefill.PromptCosts;
import org.jspecify.annotations.Nullable;

/**
 * Keeps steps short for tenants that ask for less than their share: their prompts wait for the end of the step in progress, and for that of their
 * own. Where prompts come of a tenant that was served far less than others, those of the others wait for the next step, and now and then their
 * answers, too, as far as the {@link FirstTokenTarget} is missed otherwise; until it is known what steps take, where they waited long for the step
 * in progress. Beside answers that is done as often as it is worth; where nothing generates, always, for usual steps are longer by what it costs.
 * And where tenants met lately, the prompts of one with a backlog are spread over the steps: each has about as many of their tokens as
 * those before had on average, not all that it could hold at once; and where nothing generates, as many as the target says. Who is alone has every
 * step to itself.
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
    private final FirstTokenTarget target;
    private final int backlog;
    private long lastMeeting = -MEMORY;
    private long lastOpened;
    /** Nanoseconds from the step before to this one. */
    private long stepTime;

    private boolean paced;
    private boolean generates;
    /** Most prompt tokens of a step, while tenants meet. */
    private int most;
    /** Of prompts: what a step has on average, and what the next one may have where there is a backlog. */
    private double average;

    private double tokens;

    /** Steps since the last one of its kind, those kept included. */
    private int toYield;

    private int toPause;

    private int given;
    /** A prompt has less than there is and it could use. */
    private boolean cut;

    private boolean yielded;
    /** Prompts of others have less than there is, of what may be spent for it. */
    private boolean shortened;
    /** Another prompt of the same tenant has a step of its own behind this one. */
    private boolean split;

    /** Answers that wait for the next step. */
    private int paused;

    private @Nullable Sequence due;
    private @Nullable Sequence first;
    /** Of those that are served like the first and have no answer yet, the one that came first. */
    private @Nullable Sequence oldest;

    PromptPace(SchedulerState state, PromptCosts costs) {
        this.state = state;
        this.limits = state.limits;
        this.target = new FirstTokenTarget(state, costs);
        this.most = limits.promptBesideDecode();
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
        paced = limits.ragged() && state.nextStep - lastMeeting < MEMORY && state.waiting.longest() >= backlog;
        generates = state.running.anyGenerates();
        target.open(paced, generates);
        most = target.stepTokens(generates ? limits.promptBesideDecode() : limits.tokens());
        tokens = paced ? (generates ? Math.min(tokens, most) : most) : limits.tokens();
        due = next != null && several && !paused() && pausesFor(next) ? next : null;
        toYield = Math.min(KEPT * STEPS_PER_YIELD, toYield + 1);
        toPause = Math.min(KEPT * STEPS_PER_PAUSE, toPause + 1);
        given = 0;
        cut = false;
        yielded = false;
        split = false;
        shortened = false;
        paused = 0;
        first = null;
        oldest = null;
    }

    private boolean pausesFor(Sequence next) {
        return target.isKnown()
                ? toPause >= STEPS_PER_PAUSE && target.isMissedBy(next)
                : isDue(next, toPause, STEPS_PER_PAUSE);
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
        paused += waits ? 1 : 0;
        return waits;
    }

    /** Whether an answer waits for the next step. */
    boolean paused() {
        return paused > 0;
    }

    /**
     * Of {@code room} tokens what {@code sequence} may have of a step that has {@code prompts} prompt tokens and {@code left} that nobody has: what
     * answers leave that wait is for the prompts that they wait for, which may not get a place.
     */
    int spare(Sequence sequence, int room, int prompts, int left) {
        boolean bounded = paused() && !isAwaited(sequence);
        int most = Math.min(limits.promptBesideDecode() - prompts, left - paused);
        return bounded ? Math.max(0, Math.min(room, most)) : room;
    }

    private boolean isAwaited(Sequence sequence) {
        return due != null
                && sequence.priority() == due.priority()
                && sequence.line().served() <= due.line().served();
    }

    /** Whether answers wait for prompts that got no place: they need not. */
    boolean resumes() {
        boolean vain = paused();
        for (int i = 0; vain && i < state.running.size(); i++) {
            Sequence sequence = state.running.get(i);
            vain = sequence.planned == 0 || sequence.isDecoding() || !isAwaited(sequence);
        }
        paused = vain ? 0 : paused;
        due = vain ? null : due;
        return vain;
    }

    /** Of {@code room} tokens what the prompt of {@code sequence} may have. */
    int room(Sequence sequence, int room) {
        int most = bounded(sequence, room);
        cut |= most < Math.min(room, sequence.remaining());
        return most;
    }

    private int bounded(Sequence sequence, int room) {
        int left = isPaced(sequence) ? Math.clamp((int) tokens - given, 0, room) : room;
        if (first == null || sequence == first) {
            return left;
        }
        if (sequence.line() == first.line()) {
            boolean waits = sequence.planned == 0 && isLed(first) && isForNextStep(sequence, first, room);
            yielded |= split;
            return waits ? 0 : left;
        }
        if (!comesFarBehind(sequence, first)) {
            return left;
        }
        if (target.endsSteps() && !yielded) {
            return oldest == null ? left : target.room(oldest, given, false, room);
        }
        return roomBeside(first, left);
    }

    /** Whether {@code later} waits for a step of its own: it does not fit beside {@code other} of its tenant, or makes the step too long for that. */
    private boolean isForNextStep(Sequence later, Sequence other, int room) {
        split |= target.isKnown() && promptsFillSteps() && target.isForNextStep(later, other, given, paused());
        return split || (later.remaining() > room && later.remaining() <= limits.promptBesideDecode());
    }

    private int roomBeside(Sequence due, int room) {
        int left = room;
        if (paused() || yielded) {
            left = 0;
        } else if (target.isKnown()) {
            boolean may = !promptsFillSteps() || toYield >= STEPS_PER_YIELD;
            left = may ? target.room(due, given, paused(), room) : room;
        } else if (isDueAlone(due)) {
            left = 0;
        }
        yielded |= left == 0 && room > 0;
        shortened |= left < room;
        return left;
    }

    /** Whether all of the prompt of {@code sequence} comes at once where {@code room} is enough, though others of its tenant wait. */
    boolean keepsWhole(Sequence sequence, int room) {
        return sequence.remaining() <= room && state.waiting.several() && isLed(sequence);
    }

    /** Whether one that runs was served far more. */
    private boolean isLed(Sequence sequence) {
        for (int i = 0; i < state.running.size(); i++) {
            if (comesFarBehind(state.running.get(i), sequence)) {
                return true;
            }
        }
        return false;
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
        return tokens >= most;
    }

    /** The prompt of {@code sequence} was given {@code count} tokens. */
    void give(Sequence sequence, int count) {
        if (count > 0) {
            first = first == null ? sequence : first;
            given += count;
            boolean older = oldest == null || sequence.group.submittedAt() < oldest.group.submittedAt();
            oldest = older && sequence.generated() == 0 && !comesFarBehind(sequence, first) ? sequence : oldest;
        }
    }

    /** Ends a step, and says what the next one may have. */
    void close() {
        if (first != null && target.isKnown() && first.planned == first.remaining() && isLed(first)) {
            target.learn(first, given, paused());
        }
        if (paused() || yielded || shortened) {
            toPause -= paused() ? STEPS_PER_PAUSE : 0;
            toYield -= !paused() && promptsFillSteps() && !target.endsSteps() ? STEPS_PER_YIELD : 0;
        } else if (paced && generates) {
            average += (given - average) / AVERAGED;
        }
        target.end(given, cut);
        if (paced) {
            double next = average * (1 + MARGIN) + (double) lacking() / STEPS_TO_MEND;
            tokens = Math.min(most, Math.max(limits.leastSpan(), next));
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

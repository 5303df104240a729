package dev.foretoken.scheduler;

import dev.foretoken.contract.request.Priority;
import org.jspecify.annotations.Nullable;

/** Moves the head of the waiting queue into the running set when rows, tokens and memory allow. Nobody overtakes a head that does not fit. */
final class Admission {

    private final SchedulerState state;
    private final StepShape shape;
    private final MemoryGuard memory;
    private final PrefixLookup prefixes;
    private final PrefillDecider prefill;
    private final CheckpointPolicy policy;
    private final StateCheckpoints checkpoints;

    Admission(
            SchedulerState state,
            StepShape shape,
            MemoryGuard memory,
            PrefixLookup prefixes,
            PrefillDecider prefill,
            CheckpointPolicy policy,
            StateCheckpoints checkpoints) {
        this.state = state;
        this.shape = shape;
        this.memory = memory;
        this.prefixes = prefixes;
        this.prefill = prefill;
        this.policy = policy;
        this.checkpoints = checkpoints;
    }

    /** Whether somebody waits who is more urgent than {@code priority}. */
    boolean isUrgentBefore(Priority priority) {
        Sequence head = state.waiting.head();
        return head != null && head.priority().compareTo(priority) < 0;
    }

    /** Whether somebody waits who is more urgent than {@code sequence}, or as urgent and of a tenant that was served less. */
    boolean isDueBefore(Sequence sequence) {
        Sequence head = state.waiting.head();
        int order = head == null ? 1 : head.priority().compareTo(sequence.priority());
        return order < 0
                || (head != null
                        && order == 0
                        && head.line().served() < sequence.line().served());
    }

    /** The head, if it is hopeful, of class {@code least} or above, and has fewer than {@code most} tokens to compute. */
    @Nullable
    Sequence hopefulHead(Priority least, int most) {
        Sequence head = state.waiting.head();
        boolean goes = head != null
                && head.priority().compareTo(least) <= 0
                && head.remaining() < most
                && state.waiting.leads(head)
                && state.promptness.isHopeful(head);
        return goes ? head : null;
    }

    /** Admits the head with at most {@code room} tokens, or returns null. {@code whole}: it leaves nothing to others of its tenant. */
    @Nullable
    Sequence admit(int room, boolean whole) {
        Sequence head = state.waiting.head();
        if (head == null || !mayHaveRow(head)) {
            return null;
        }
        int share = whole ? room : fairShare(head, room);
        PrefixOutcome outcome = prefixes.take(head);
        policy.begin(head);
        boolean decided = false;
        boolean admitted = state.limits.span(head, share) > 0 && hasRow(head);
        if (admitted) {
            decided = prefill.decide(head);
            admitted = findMemory(head) && hasPlace(head, share);
        }
        if (!admitted) {
            giveBack(head, outcome, decided);
            return null;
        }
        int count = state.limits.span(head, share);
        enter(head, outcome);
        if (!isFilling(head) && memory.cover(head, count)) {
            shape.add(head, count);
        }
        return head;
    }

    private void giveBack(Sequence head, PrefixOutcome outcome, boolean decided) {
        if (decided) {
            prefill.forget(head);
        }
        if (outcome == PrefixOutcome.HIT) {
            head.giveUpCaches();
        }
    }

    /** A prompt that is predicted next is not in the step of the base. */
    private boolean hasPlace(Sequence head, int share) {
        int count = state.limits.span(head, share);
        return isFilling(head) || (count > 0 && shape.admits(head, count));
    }

    private static boolean isFilling(Sequence head) {
        return head.prediction != null && head.prediction.isFilling(head.scheduled);
    }

    private int fairShare(Sequence head, int room) {
        return state.waiting.beside(head) > 1 && !state.promptness.isHopeful(head)
                ? Math.min(room, Math.max(state.limits.leastSpan(), room / 2))
                : room;
    }

    /** Spares a head that has to wait anyway the look-up of its prefix. */
    private boolean mayHaveRow(Sequence head) {
        int running = state.running.size();
        return running < state.limits.sequences()
                || state.running.get(running - 1).priority().compareTo(head.priority()) > 0
                || (state.waiting.several() && state.running.lastBeyondShare(head) != null);
    }

    private boolean hasRow(Sequence head) {
        return state.running.size() < state.limits.sequences() || preempt(head);
    }

    private boolean preempt(Sequence head) {
        return memory.preemptLowerClass(head) || memory.preemptBeyondShare(head);
    }

    private boolean findMemory(Sequence head) {
        while (!memory.fits(head)) {
            if (memory.dropOneShadow()) {
                continue;
            }
            boolean alone = state.running.size() == 0 && state.lingering == 0;
            if (!(alone ? memory.dropOneShare() : preempt(head))) {
                return false;
            }
        }
        return true;
    }

    private void enter(Sequence head, PrefixOutcome outcome) {
        state.waiting.remove(head);
        head.state = Sequence.State.RUNNING;
        state.running.add(head);
        prefill.keep();
        checkpoints.countRestored(head);
        if (!head.times.started()) {
            if (head.prediction == null && (head.group.leader() == head || head.choice == 0)) {
                head.group.cachedTokens(cachedPrompt(head));
            }
            report(head, outcome == PrefixOutcome.MISS ? prefixes.reasonOfMiss(head) : outcome);
            policy.remember(head);
        }
    }

    private void report(Sequence head, PrefixOutcome outcome) {
        boolean lookedUp = outcome.isLookup();
        state.observer.prefixLookedUp(outcome, lookedUp ? head.promptTokens() : 0, lookedUp ? cachedPrompt(head) : 0);
    }

    /** Of an answer that goes on, generated tokens may be cached, too. */
    private static int cachedPrompt(Sequence head) {
        return Math.min(head.scheduled, head.promptTokens());
    }
}

package dev.foretoken.scheduler;

import dev.foretoken.contract.request.Priority;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides how many tokens each running sequence gets in the next step. Generated positions go first, one each, so that every answer moves in
 * every step; prompts share what is left: the oldest takes at most half while others wait, the next half of the rest, and what nobody could
 * use goes back to the oldest. So short prompts are not stuck behind long ones, and long ones always get on. Prompts whose first tokens are
 * hoped for by a time that has not passed go before the others of their class, and leave them a share. A class gets what those above it could
 * not use.
 */
final class StepPlanner {

    private static final Priority LEAST = Priority.values()[Priority.values().length - 1];

    private final SchedulerState state;
    private final StepLimits limits;
    private final StepShape shape;
    private final MemoryGuard memory;
    private final Admission admission;
    private final DraftPlanner drafts;
    private final Predicate<Sequence> prompts = this::isPrompt;
    private boolean promptsTurn = true;

    StepPlanner(SchedulerState state, StepShape shape, MemoryGuard memory, Admission admission, DraftPlanner drafts) {
        this.state = state;
        this.limits = state.limits;
        this.shape = shape;
        this.memory = memory;
        this.admission = admission;
        this.drafts = drafts;
    }

    void plan() {
        shape.clear();
        if (limits.mixed()) {
            giveGenerated();
            givePrompts(shape.generatedRows() > 0);
            drafts.giveDrafts();
            return;
        }
        if (promptsTurn) {
            givePrompts(state.running.anyGenerates());
        }
        if (shape.rows() == 0) {
            giveGenerated();
        }
        if (shape.rows() == 0) {
            givePrompts(false);
        }
        promptsTurn = shape.generatedRows() > 0;
    }

    private void giveGenerated() {
        for (int i = 0; i < state.running.size(); i++) {
            Sequence sequence = state.running.get(i);
            if (sequence.isDecoding()
                    && sequence.canAdvance(state.nextStep)
                    && !drafts.waitsForToken(sequence)
                    && shape.admits(sequence, 1)
                    && memory.cover(sequence, 1)) {
                shape.add(sequence, 1);
            }
        }
    }

    private void givePrompts(boolean besideDecode) {
        int room = promptRoom(besideDecode);
        room -= giveHopeful(room);
        for (int i = 0; i < state.running.size() && room > 0; i++) {
            room -= admitBefore(state.running.get(i), room);
            if (i < state.running.size()) {
                room -= givePrompt(state.running.get(i), room, i);
            }
        }
        admit(room);
        giveLeftovers(besideDecode);
    }

    /** Tokens given to those who can have their first token in time: the shortest prompt gets all it can use, then the next. */
    private int giveHopeful(int room) {
        List<Sequence> hopeful = state.promptness.hopeful(state.running);
        if (hopeful.isEmpty() && admission.hopefulHead(LEAST, Integer.MAX_VALUE) == null) {
            return 0;
        }
        Sequence late = state.promptness.firstLate(state.running, prompts);
        int left = room;
        for (int i = 0; i < hopeful.size(); i++) {
            Sequence sequence = hopeful.get(i);
            left -= admitHopeful(room, left, late, sequence.priority(), sequence.remaining());
            if (admission.isUrgentBefore(sequence.priority())) {
                return room - left;
            }
            left -= giveSpan(sequence, left - leftTo(late, sequence, room));
        }
        left -= admitHopeful(room, left, late, LEAST, Integer.MAX_VALUE);
        return room - left;
    }

    private int leftTo(@Nullable Sequence late, Sequence hopeful, int room) {
        return Promptness.leftTo(late, hopeful.priority(), room, limits.leastSpan());
    }

    /**
     * Admits hopeful heads of class {@code least} or above with fewer tokens than {@code most}; returns the tokens they were given, of
     * {@code left} that are left of {@code room}.
     */
    private int admitHopeful(int room, int left, @Nullable Sequence late, Priority least, int most) {
        int given = 0;
        for (Sequence head = admission.hopefulHead(least, most);
                head != null;
                head = admission.hopefulHead(least, most)) {
            int mine = left - given - leftTo(late, head, room);
            Sequence admitted = mine <= 0 ? null : admission.admit(mine);
            if (admitted == null) {
                break;
            }
            given += admitted.planned;
        }
        return given;
    }

    /** Admits those who are more urgent than {@code sequence}; returns the tokens they were given. */
    private int admitBefore(Sequence sequence, int room) {
        int given = 0;
        while (given < room && admission.isUrgentBefore(sequence.priority())) {
            Sequence admitted = admission.admit(room - given);
            if (admitted == null) {
                break;
            }
            given += admitted.planned;
        }
        return given;
    }

    private void admit(int room) {
        int left = room;
        while (left > 0) {
            Sequence admitted = admission.admit(left);
            if (admitted == null) {
                return;
            }
            left -= admitted.planned;
        }
    }

    /** Tokens given to {@code sequence}; 0 when it is no prompt, has some already, or does not fit into this step. */
    private int givePrompt(Sequence sequence, int room, int index) {
        if (sequence.planned > 0 || !isPrompt(sequence)) {
            return 0;
        }
        int share = isContended(sequence, index) ? Math.min(room, Math.max(limits.leastSpan(), room / 2)) : room;
        return giveSpan(sequence, share);
    }

    /** Whether others of its class, or above, want tokens, too. */
    private boolean isContended(Sequence sequence, int index) {
        Sequence next = nextPrompt(index + 1);
        return state.waiting.upTo(sequence.priority()) > 0 || (next != null && next.priority() == sequence.priority());
    }

    private int giveSpan(Sequence sequence, int share) {
        if (sequence.state != Sequence.State.RUNNING || sequence.planned > 0 || !isPrompt(sequence)) {
            return 0;
        }
        int count = limits.span(sequence, share);
        if (count == 0 || !shape.admits(sequence, count) || !memory.cover(sequence, count)) {
            return 0;
        }
        shape.add(sequence, count);
        return count;
    }

    private void giveLeftovers(boolean besideDecode) {
        for (int i = 0; limits.ragged() && i < state.running.size(); i++) {
            Sequence sequence = state.running.get(i);
            int before = sequence.planned;
            if (before > 0 && isPrompt(sequence)) {
                shape.remove(sequence);
                int count = limits.span(sequence, promptRoom(besideDecode) - promptTokens());
                boolean more = count > before && shape.admits(sequence, count) && memory.extend(sequence, count);
                shape.add(sequence, more ? count : before);
            }
        }
    }

    /** Tokens that prompts may have in this step, those they have already included. */
    private int promptRoom(boolean besideDecode) {
        int left = shape.tokensLeft() + promptTokens();
        return besideDecode ? Math.min(left, limits.promptBesideDecode()) : left;
    }

    private int promptTokens() {
        return limits.tokens() - shape.tokensLeft() - shape.generatedRows();
    }

    private @Nullable Sequence nextPrompt(int from) {
        for (int i = from; i < state.running.size(); i++) {
            if (isPrompt(state.running.get(i))) {
                return state.running.get(i);
            }
        }
        return null;
    }

    private boolean isPrompt(Sequence sequence) {
        return !sequence.isDecoding() && sequence.canAdvance(state.nextStep);
    }
}

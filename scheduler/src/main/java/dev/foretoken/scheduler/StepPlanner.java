package dev.foretoken.scheduler;

import dev.foretoken.contract.request.Priority;
import dev.foretoken.scheduler.prefill.PromptCosts;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides how many tokens each running sequence gets in the next step. Generated positions go first, one each, so that every answer moves in
 * every step (but for those that {@link PromptPace} lets wait for one); prompts share what is left: the oldest takes at most half while
 * others wait, the next half of the rest, and what nobody could use goes back to the oldest. So short prompts are not stuck behind long
 * ones, and long ones always get on. Prompts whose first tokens are hoped for by a time that has not passed go before the others of their
 * tenant and class, and leave them a share. Of a class those go before whose tenant was served least, and share only among themselves. A
 * class gets what those above it could not use.
 */
final class StepPlanner {

    private static final Comparator<Sequence> BY_TURN = Comparator.comparing(Sequence::priority)
            .thenComparingLong(sequence -> sequence.line().served())
            .thenComparingLong(sequence -> sequence.id);

    private static final Priority LEAST = Priority.values()[Priority.values().length - 1];

    private final SchedulerState state;
    private final StepLimits limits;
    private final StepShape shape;
    private final MemoryGuard memory;
    private final Admission admission;
    private final DraftPlanner drafts;
    private final PromptPace pace;
    private final LeftRoom leftRoom;
    private final Predicate<Sequence> leading = sequence -> isPrompt(sequence) && leads(sequence);
    private final Predicate<Sequence> behind = sequence -> !leads(sequence);
    private final List<Sequence> prompts = new ArrayList<>();
    private boolean promptsTurn = true;

    StepPlanner(
            SchedulerState state,
            StepShape shape,
            MemoryGuard memory,
            Admission admission,
            DraftPlanner drafts,
            PromptCosts costs) {
        this.state = state;
        this.limits = state.limits;
        this.shape = shape;
        this.memory = memory;
        this.admission = admission;
        this.drafts = drafts;
        this.pace = new PromptPace(state, costs);
        this.leftRoom = new LeftRoom(state, costs);
    }

    void plan() {
        shape.clear();
        orderPrompts();
        leftRoom.open(prompts);
        pace.open(limits.mixed() ? duePrompt() : null);
        if (limits.mixed()) {
            planMixed();
        } else {
            planInTurns();
        }
        pace.close();
        leftRoom.close();
        if (limits.mixed()) {
            drafts.giveDrafts();
        }
    }

    private void planMixed() {
        giveGenerated();
        givePrompts(pace.paused() || shape.generatedRows() > 0);
        if (pace.resumes()) {
            giveGenerated();
        }
        if (shape.rows() == 0 && leftRoom.lifts()) {
            giveGenerated();
            givePrompts(shape.generatedRows() > 0);
        }
    }

    private void planInTurns() {
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

    /** Whose prompt comes next: one that runs or one that waits. */
    private @Nullable Sequence duePrompt() {
        Sequence running = prompts.isEmpty() ? null : prompts.getFirst();
        return running == null || admission.isDueBefore(running) ? state.waiting.head() : running;
    }

    private void giveGenerated() {
        for (int i = 0; i < state.running.size(); i++) {
            Sequence sequence = state.running.get(i);
            if (sequence.isDecoding()
                    && sequence.planned == 0
                    && !pace.pauses(sequence)
                    && leftRoom.of(sequence, 1) > 0
                    && sequence.canAdvance(state.nextStep)
                    && !drafts.waitsForToken(sequence)
                    && shape.admits(sequence, 1)
                    && memory.cover(sequence, 1)) {
                shape.add(sequence, 1);
                leftRoom.give(sequence, 1);
            }
        }
    }

    private void givePrompts(boolean besideDecode) {
        int room = promptRoom(besideDecode);
        orderPrompts();
        room -= giveHopeful(room);
        for (int i = 0; i < prompts.size() && room > 0; i++) {
            room -= admitBefore(prompts.get(i), room);
            room -= givePrompt(i, room);
        }
        admit(room);
        giveLeftovers(besideDecode);
    }

    /** The running prompts: the most urgent first, of a class those of the tenant that was served least, then the oldest. */
    private void orderPrompts() {
        prompts.clear();
        for (int i = 0; i < state.running.size(); i++) {
            if (isPrompt(state.running.get(i))) {
                prompts.add(state.running.get(i));
            }
        }
        state.waiting.turn(prompts);
        if (state.waiting.several() && prompts.size() > 1) {
            prompts.sort(BY_TURN);
        }
    }

    private boolean leads(Sequence sequence) {
        return state.waiting.leads(sequence);
    }

    /** Tokens given to those who can have their first token in time: the shortest prompt gets all it can use, then the next. */
    private int giveHopeful(int room) {
        List<Sequence> hopeful = state.promptness.hopeful(state.running);
        hopeful.removeIf(behind);
        if (hopeful.isEmpty() && admission.hopefulHead(LEAST, Integer.MAX_VALUE) == null) {
            return 0;
        }
        Sequence late = state.promptness.firstLate(state.running, leading);
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
            int mine = most(head, 0, left - given - leftTo(late, head, room));
            Sequence admitted = mine <= 0 ? null : admission.admit(mine, false);
            if (admitted == null) {
                break;
            }
            give(admitted, admitted.planned);
            given += admitted.planned;
        }
        return given;
    }

    /** Admits those whose turn comes before that of {@code sequence}; returns the tokens they were given. */
    private int admitBefore(Sequence sequence, int room) {
        int given = 0;
        while (given < room && admission.isDueBefore(sequence)) {
            Sequence admitted = admitHead(room - given);
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
            Sequence admitted = admitHead(left);
            if (admitted == null) {
                return;
            }
            left -= admitted.planned;
        }
    }

    private @Nullable Sequence admitHead(int room) {
        Sequence head = state.waiting.head();
        int share = head == null ? 0 : most(head, 0, pace.room(head, room));
        Sequence admitted = head == null || share == 0 ? null : admission.admit(share, pace.keepsWhole(head, share));
        if (admitted != null) {
            give(admitted, admitted.planned);
        }
        return admitted;
    }

    /** Tokens given to the prompt of that number; 0 when it has some already, or does not fit into this step. */
    private int givePrompt(int index, int room) {
        boolean contended = isContended(index) && !pace.keepsWhole(prompts.get(index), room);
        int share = contended ? Math.min(room, Math.max(limits.leastSpan(), room / 2)) : room;
        return giveSpan(prompts.get(index), pace.room(prompts.get(index), share));
    }

    /** Whether others of its tenant and class, or of classes above, want tokens, too. */
    private boolean isContended(int index) {
        Sequence sequence = prompts.get(index);
        Sequence next = index + 1 < prompts.size() ? prompts.get(index + 1) : null;
        return state.waiting.beside(sequence) > 0 || (next != null && next.line() == sequence.line());
    }

    private int giveSpan(Sequence sequence, int share) {
        if (sequence.state != Sequence.State.RUNNING || sequence.planned > 0 || !isPrompt(sequence)) {
            return 0;
        }
        int count = limits.span(sequence, most(sequence, 0, share));
        if (count == 0 || !shape.admits(sequence, count) || !memory.cover(sequence, count)) {
            return 0;
        }
        shape.add(sequence, count);
        give(sequence, count);
        return count;
    }

    /** Of {@code room} tokens what {@code sequence} may have beside the {@code own} that it has, which are nobody's while it is asked. */
    private int most(Sequence sequence, int own, int room) {
        return leftRoom.of(sequence, pace.spare(sequence, room, promptTokens() + own, shape.tokensLeft() - own));
    }

    private void give(Sequence sequence, int count) {
        pace.give(sequence, count);
        leftRoom.give(sequence, count);
    }

    private void giveLeftovers(boolean besideDecode) {
        orderPrompts();
        for (int i = 0; limits.ragged() && i < prompts.size(); i++) {
            Sequence sequence = prompts.get(i);
            int before = sequence.planned;
            if (before > 0) {
                shape.remove(sequence);
                int room = promptRoom(besideDecode) - promptTokens() - before;
                int count = limits.span(sequence, before + most(sequence, before, pace.room(sequence, room)));
                boolean more = count > before && shape.admits(sequence, count) && memory.extend(sequence, count);
                shape.add(sequence, more ? count : before);
                give(sequence, sequence.planned - before);
            }
        }
    }

    /** Twice as many where answers wait for them. */
    private int besideDecode() {
        return pace.paused() ? 2 * limits.promptBesideDecode() : leftRoom.promptTokens();
    }

    /** Tokens that prompts may have in this step, those they have already included. */
    private int promptRoom(boolean besideDecode) {
        int left = shape.tokensLeft() + promptTokens();
        return besideDecode ? Math.min(left, besideDecode()) : left;
    }

    private int promptTokens() {
        return limits.tokens() - shape.tokensLeft() - shape.generatedRows();
    }

    private boolean isPrompt(Sequence sequence) {
        return !sequence.isDecoding() && sequence.canAdvance(state.nextStep);
    }
}

package dev.foretoken.scheduler;

import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.StepPlan;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What steps may hold: no more than their tokens, and few prompt tokens where answers go on; twice as many where others wait for these prompts, now
 * and then.
 */
final class StepBudget {

    /** Answers wait in one step of so many, and never twice in a row. */
    private static final int STEPS_PER_PAUSE = 32;

    private static final int DRAWS = StepPlan.WANT_SAMPLE | StepPlan.WANT_SAMPLE_EACH;

    private final Scheduler scheduler;
    private final ModelShape shape;
    private final int stepTokens;
    private final int auxiliaryExtra;
    private final Set<Sequence> decoding = new HashSet<>();
    private int plans;
    private int longSteps;
    private boolean wasLong;
    private boolean isLong;

    /** {@code auxiliaryExtra}: tokens that a step of the auxiliary may have beyond what prompts may have beside generated ones. */
    StepBudget(Scheduler scheduler, ModelShape shape, int stepTokens, int auxiliaryExtra) {
        this.scheduler = scheduler;
        this.shape = shape;
        this.stepTokens = stepTokens;
        this.auxiliaryExtra = auxiliaryExtra;
    }

    /** Looks who stands before a draw; to be called before a step is planned. */
    void open() {
        plans++;
        wasLong = isLong;
        isLong = false;
        decoding.clear();
        for (int i = 0; i < scheduler.running(); i++) {
            Sequence sequence = scheduler.state().running.get(i);
            if (sequence.isDecoding()) {
                decoding.add(sequence);
            }
        }
    }

    /** Looks at what was planned. */
    void check(PlannedStep step) {
        int tokens = step.plan().tokenCount();
        int share = scheduler.state().limits.promptBesideDecode();
        Invariants.require(tokens <= stepTokens, "step of " + tokens + " tokens");
        if (DraftStepPlanner.drafts(step.plan(), 0)) {
            return;
        }
        if (isAuxiliary(step.plan())) {
            boolean held = decoding.stream().anyMatch(answer -> !answer.ended() && answer.isDecoding());
            require(!held || tokens <= share + auxiliaryExtra, tokens, share + auxiliaryExtra);
        } else {
            checkPrompts(step, share);
        }
    }

    private void checkPrompts(PlannedStep step, int share) {
        List<Sequence> prompts = new ArrayList<>();
        List<Sequence> answers = new ArrayList<>();
        int tokens = 0;
        for (int row = 0; row < step.plan().rows(); row++) {
            boolean prompt = isPrompt(step, row);
            tokens += prompt ? step.plan().get(StepPlan.Column.TOKEN_COUNT, row) : 0;
            (prompt ? prompts : answers).add(step.sequence(row));
        }
        isLong = tokens > share && goesOn(step);
        require(!isLong || isAwaited(prompts, answers), tokens, share);
        require(!isLong || tokens <= 2 * share, tokens, 2 * share);
        longSteps += isLong ? 1 : 0;
        Invariants.require(
                !(isLong && wasLong) && longSteps * STEPS_PER_PAUSE <= plans,
                longSteps + " long steps of " + plans + (wasLong ? ", two in a row" : ""));
    }

    private static void require(boolean holds, int tokens, int most) {
        Invariants.require(holds, tokens + " prompt tokens beside generated ones, most are " + most);
    }

    /** Whether a row draws the next token of an answer; what is computed again of one whose prompt was repaired comes before that. */
    private boolean goesOn(PlannedStep step) {
        for (int row = 0; row < step.plan().rows(); row++) {
            boolean draws = (step.plan().get(StepPlan.Column.WANTS, row) & DRAWS) != 0;
            if (draws && !isPrompt(step, row) && decoding.contains(step.sequence(row))) {
                return true;
            }
        }
        return false;
    }

    /** Neither one generated position, with proposals or without, nor a repair. */
    private static boolean isPrompt(PlannedStep step, int row) {
        int count = step.plan().get(StepPlan.Column.TOKEN_COUNT, row);
        int first = step.plan().get(StepPlan.Column.FIRST_POSITION, row);
        boolean generated = count == 1 && first >= step.sequence(row).promptTokens();
        return !generated && !DraftCommitter.verifies(step.plan(), row) && !Repairs.repairs(step.plan(), row);
    }

    /**
     * Whether an answer that is not among {@code answers} waits for one of the {@code prompts}, of a tenant that was served far less; it may have
     * been preempted for it since.
     */
    private boolean isAwaited(List<Sequence> prompts, List<Sequence> answers) {
        return decoding.stream()
                .filter(answer -> !answer.ended() && !answers.contains(answer))
                .anyMatch(answer -> prompts.stream()
                        .anyMatch(prompt -> prompt.priority() == answer.priority()
                                && answer.line().isFarBehind(prompt.line())));
    }

    private boolean isAuxiliary(StepPlan plan) {
        return shape.parts().get(plan.get(StepPlan.Column.PART, 0)).role() == PartShape.Role.AUXILIARY;
    }
}

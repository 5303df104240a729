package dev.foretoken.scheduler;

import dev.foretoken.contract.engine.EngineEvent;
import dev.foretoken.contract.engine.FinishReason;
import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.contract.runtime.StepResult;
import dev.foretoken.contract.runtime.TokenLogprobs;
import dev.foretoken.scheduler.blocks.CachePools;
import dev.foretoken.scheduler.prefix.PrefixIndex;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes a step's result: tokens are appended and reported, finished blocks become findable, sequences end. */
final class StepCommitter {

    private static final RowKind[] KINDS = RowKind.values();

    private final SchedulerState state;
    private final Endings endings;
    private final PromptSharing sharing;
    private final StateCheckpoints checkpoints;
    private final RowOwners rows;

    StepCommitter(
            SchedulerState state,
            Endings endings,
            PromptSharing sharing,
            StateCheckpoints checkpoints,
            RowOwners rows) {
        this.checkpoints = checkpoints;
        this.rows = rows;
        this.state = state;
        this.endings = endings;
        this.sharing = sharing;
    }

    void commit(PlannedStep step, StepResult result, long now) {
        for (int row = 0; row < step.plan().rows(); row++) {
            Sequence sequence = step.sequence(row);
            sequence.rowsInFlight--;
            int saved = step.takeSaved(row);
            if (sequence.ended()) {
                checkpoints.discard(saved);
                endings.releaseWhenSettled(sequence);
            } else {
                commit(sequence, step.plan(), result, row, saved, now);
            }
            rows.verified().close(sequence, step.plan(), row);
        }
    }

    /** {@code saved}: the checkpoint of what the row leaves, or NONE. */
    private void commit(Sequence sequence, StepPlan plan, StepResult result, int row, int saved, long now) {
        if (rows.auxiliary().owns(plan, row)) {
            rows.auxiliary().commit(sequence, plan, row);
            return;
        }
        switch (KINDS[plan.get(Column.KIND, row)]) {
            case DRAFT -> rows.drafted().commit(sequence, plan, result, row);
            case VERIFY -> commitVerified(sequence, plan, result, row, now);
            case REPAIR -> rows.repairs().commit(sequence, plan, row);
            case COMPUTE -> commitRow(sequence, plan, result, row, saved, now);
            case PREDICT ->
                throw new IllegalStateException("a row of " + sequence + " predicts outside of the auxiliary");
        }
    }

    private void commitRow(Sequence sequence, StepPlan plan, StepResult result, int row, int saved, long now) {
        int start = plan.get(Column.FIRST_POSITION, row);
        int count = plan.get(Column.TOKEN_COUNT, row);
        sequence.computed = start + count;
        charge(sequence, start, count);
        if (plan.wants(row, StepPlan.WANT_PROMPT_LOGPROBS)) {
            takeScores(sequence.group, start, result.promptLogprobs(row));
        }
        registerBlocks(sequence);
        sharing.promptKept(sequence, saved);
        checkpoints.settle(sequence, sequence.computed, saved);
        if (!sequence.promptDone && sequence.computed >= sequence.promptTokens()) {
            completePrompt(sequence, now);
        }
        if (plan.wants(row, StepPlan.WANT_SAMPLE)) {
            sequence.pendingDraws--;
            takeToken(sequence, result.token(row, 0), result.logprobs(row, 0), now);
        }
        if (!sequence.ended()) {
            sequence.caches.releaseBehindWindows(CachePools.BASE, sequence.computed);
        }
    }

    /** As the steps without proposals would have been: each token with its blocks, its event and its end. */
    private void commitVerified(Sequence sequence, StepPlan plan, StepResult result, int row, long now) {
        int start = plan.get(Column.FIRST_POSITION, row);
        int draws = rows.verified().settle(sequence, plan, result, row);
        charge(sequence, start, draws);
        sequence.pendingDraws--;
        for (int i = 0; i < draws && !sequence.ended(); i++) {
            sequence.computed = start + i + 1;
            registerBlocks(sequence);
            takeToken(sequence, result.token(row, i), result.logprobs(row, i), now);
        }
        if (!sequence.ended()) {
            rows.verified().rollBack(sequence, plan, row);
            sequence.caches.releaseBehindWindows(CachePools.BASE, sequence.computed);
        }
    }

    /** What exact K and V cost on top of predicted ones is nobody's: it was slack that they came from, or the tenant has paid for them. */
    private void charge(Sequence sequence, int first, int all) {
        int again = sequence.prediction == null ? 0 : sequence.prediction.again(first, all);
        if (again > 0) {
            state.observer.repairComputed(again);
        }
        int start = first + again;
        int count = all - again;
        int prompt = Math.max(0, Math.min(count, sequence.promptTokens() - start));
        if (prompt > 0) {
            state.waiting.charge(sequence, prompt, WaitingQueue.PROMPT_WEIGHT);
            state.observer.promptComputed(prompt);
        }
        state.waiting.charge(sequence, count - prompt, WaitingQueue.GENERATED_WEIGHT);
    }

    /** {@code scores}: of the positions behind {@code start}, of which a sibling may have brought the first ones already. */
    private static void takeScores(SequenceGroup group, int start, @Nullable List<TokenLogprobs> scores) {
        if (scores == null) {
            throw new IllegalStateException("the runtime gave no prompt log-probabilities though they were wanted");
        }
        int known = group.promptScores().size() - start;
        for (int i = Math.max(0, known); i < scores.size(); i++) {
            group.promptScores().add(scores.get(i));
        }
    }

    private void registerBlocks(Sequence sequence) {
        PrefixIndex prefixes = state.prefixes;
        TokenChain chain = sequence.chain;
        if (prefixes == null || chain == null) {
            return;
        }
        int known = Math.min(sequence.computed, sequence.length());
        int full = Math.min(known, state.limits.sharable(sequence))
                / state.pools.get(0).spec().blockTokens();
        while (sequence.registeredBlocks < full) {
            prefixes.register(chain, sequence.registeredBlocks++, sequence.caches);
        }
    }

    private void completePrompt(Sequence sequence, long now) {
        sequence.promptDone = true;
        if (sequence.output().wantsPromptLogprobs()) {
            sequence.group.sink().accept(new EngineEvent.PromptScored(sequence.choice, sequence.group.promptScores()));
        }
        sharing.promptComputed(sequence);
        if (sequence.maxLength == sequence.promptTokens()) {
            endings.finish(sequence, FinishReason.LENGTH, now);
        }
    }

    private void takeToken(Sequence sequence, int token, @Nullable TokenLogprobs logprobs, long now) {
        int position = sequence.length();
        sequence.append(token);
        sequence.times.token(now, state.observer);
        sequence.group.sink().accept(new EngineEvent.TokenGenerated(sequence.choice, token, position, logprobs));
        FinishReason reached = sequence.reached();
        if (reached != null) {
            endings.finish(sequence, reached, now);
        }
    }
}

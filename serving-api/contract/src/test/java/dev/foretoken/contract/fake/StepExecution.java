package dev.foretoken.contract.fake;

import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.SequenceView;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.contract.runtime.StepResult;
import dev.foretoken.contract.runtime.TokenLogprobs;
import java.util.ArrayList;
import java.util.List;

/** The steps of a {@link FakeRuntime}, one at a time: writes every row's entries, then draws from what can be read. */
final class StepExecution {

    private static final long ERROR_SALT = 0x5EED;

    private final FakeModel model;
    private final FakeCaches caches;
    private final int vocabulary;
    private StepPlan plan;
    private StepResult previous;
    private StepResult result;

    StepExecution(FakeModel model, FakeCaches caches, StepPlan plan, StepResult result) {
        this.model = model;
        this.caches = caches;
        this.plan = plan;
        this.previous = result;
        this.result = result;
        this.vocabulary = model.shape().vocabularySize();
    }

    /** Turns to another step; nothing is allocated, so that loops over this runtime can be measured. */
    StepExecution of(StepPlan nextPlan, StepResult before, StepResult target) {
        plan = nextPlan;
        previous = before;
        result = target;
        return this;
    }

    /** {@code undefined}: a step before this one failed after this one was begun, so rows may read anything. */
    void run(boolean undefined) {
        for (int row = 0; row < plan.rows(); row++) {
            if (model.depth() == FakeModel.Depth.INSTANT) {
                answerAtOnce(row);
            } else if (undefined) {
                computeUndefined(row);
            } else {
                compute(row);
            }
        }
    }

    private void computeUndefined(int row) {
        try {
            compute(row);
        } catch (PlanViolation e) {
            while (result.tokenCount(row) < draws(row)) {
                result.addToken(row, 0, null);
            }
        }
    }

    private void answerAtOnce(int row) {
        int end = plan.get(Column.FIRST_POSITION, row) + plan.get(Column.TOKEN_COUNT, row);
        int first = isDraft(row) ? end : end - draws(row) + 1;
        for (int next = first; next < first + draws(row); next++) {
            draw(row, FakeArithmetic.mix(next, 0), next);
        }
    }

    private boolean isDraft(int row) {
        return plan.get(Column.KIND, row) == RowKind.DRAFT.ordinal();
    }

    private int draws(int row) {
        if (plan.wants(row, StepPlan.WANT_SAMPLE_EACH)) {
            return plan.get(Column.TOKEN_COUNT, row);
        }
        if (isDraft(row)) {
            return plan.get(Column.PROPOSALS, row);
        }
        return plan.wants(row, StepPlan.WANT_SAMPLE) ? 1 : 0;
    }

    private void compute(int row) {
        int first = plan.get(Column.FIRST_POSITION, row);
        int count = plan.get(Column.TOKEN_COUNT, row);
        List<TokenLogprobs> scores = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int position = first + i;
            write(row, position, token(row, i));
            if (FakeCaches.predicts(plan, row)) {
                caches.predict(plan, row, position, digest(row, position));
            }
            boolean last = i == count - 1;
            if (plan.wants(row, StepPlan.WANT_SAMPLE_EACH) || (last && plan.wants(row, StepPlan.WANT_SAMPLE))) {
                draw(row, digest(row, position), position + 1);
            }
            if (plan.wants(row, StepPlan.WANT_PROMPT_LOGPROBS)
                    && position + 1 < plan.sequence(row).promptTokens()) {
                scores.add(score(row, position));
            }
        }
        if (plan.wants(row, StepPlan.WANT_PROMPT_LOGPROBS)) {
            result.setPromptLogprobs(row, scores);
        }
        if (plan.wants(row, StepPlan.WANT_HIDDEN)) {
            result.setHidden(row, hidden(row, first + count - 1));
        }
        propose(row, first + count);
    }

    /** Draws as the base would, apart from one in a few tokens where the draft part has its own mind. */
    private void propose(int row, int end) {
        for (int i = 0; i < plan.get(Column.PROPOSALS, row); i++) {
            int position = end + i;
            if (i > 0) {
                write(row, position - 1, result.token(row, i - 1));
            }
            long digest = digest(row, position - 1);
            boolean errs =
                    Long.remainderUnsigned(FakeArithmetic.mix(digest, ERROR_SALT), 100) < model.draftErrorPercent();
            draw(row, errs ? FakeArithmetic.mix(digest, ERROR_SALT) : digest, position);
        }
    }

    private int token(int row, int index) {
        int token = plan.token(row, index);
        if (!StepPlan.isDeferred(token)) {
            return token;
        }
        int from = -1 - token;
        PlanCheck.require(previous.tokenCount(from) > 0, "row " + row + " defers to a row that drew nothing");
        return previous.token(from, previous.tokenCount(from) - 1);
    }

    private void write(int row, int position, int token) {
        long input = FakeArithmetic.input(token, position, plan.sequence(row).embeddings());
        int adapter = plan.get(Column.ADAPTER, row);
        if (adapter != StepPlan.NO_ADAPTER) {
            PlanCheck.require(caches.hasAdapter(adapter), "row " + row + " names adapter " + adapter + ": not loaded");
            input = FakeArithmetic.mix(input, adapter);
        }
        int part = plan.get(Column.PART, row);
        input = FakeArithmetic.formed(
                input,
                model.shape().parts().get(part).caches(),
                position,
                plan.sequence(row).promptTokens());
        for (KindStore store : caches.kinds(part)) {
            store.write(plan, row, position, FakeArithmetic.entry(store.before(plan, row, position), input, position));
        }
    }

    private long digest(int row, int position) {
        long digest = 0;
        for (KindStore store : caches.kinds(plan.get(Column.PART, row))) {
            digest = FakeArithmetic.mix(digest, store.digest(plan, row, position));
        }
        return digest;
    }

    private void draw(int row, long digest, int position) {
        SequenceView sequence = plan.sequence(row);
        int token = model.script().tokenAt(sequence, position);
        if (token == TokenScript.UNSCRIPTED) {
            token = FakeArithmetic.draw(digest, sequence, position, vocabulary);
        }
        int top = sequence.output().topLogprobs();
        result.addToken(row, token, top < 0 ? null : FakeArithmetic.logprobs(digest, token, top, vocabulary));
    }

    private TokenLogprobs score(int row, int position) {
        SequenceView sequence = plan.sequence(row);
        int top = Math.max(0, sequence.output().promptLogprobs());
        return FakeArithmetic.logprobs(digest(row, position), sequence.tokenAt(position + 1), top, vocabulary);
    }

    private float[] hidden(int row, int position) {
        PartShape part = model.shape().parts().get(plan.get(Column.PART, row));
        float[] vector = new float[part.hiddenSize()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (FakeArithmetic.mix(digest(row, position), i) >>> 40) / (float) (1 << 24);
        }
        return vector;
    }
}

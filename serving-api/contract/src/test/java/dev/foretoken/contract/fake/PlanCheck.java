package dev.foretoken.contract.fake;

import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.Feature;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.RowKind;
import dev.foretoken.contract.runtime.SequenceView;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;

/** Holds a plan against the runtime's capabilities and the rules of the seam; the first broken rule is thrown. */
final class PlanCheck {

    private final ModelShape shape;
    private final Capabilities capabilities;

    PlanCheck(ModelShape shape, Capabilities capabilities) {
        this.shape = shape;
        this.capabilities = capabilities;
    }

    /** {@code deferrable}: rows of the step before, when that is not yet awaited, else 0. */
    void check(StepPlan plan, int deferrable) {
        require(plan.rows() >= 1, "a step without rows");
        require(plan.rows() <= capabilities.maxRows(), plan.rows() + " rows, most are " + capabilities.maxRows());
        require(
                plan.tokenCount() <= capabilities.maxTokens(),
                plan.tokenCount() + " tokens, most are " + capabilities.maxTokens());
        for (int row = 0; row < plan.rows(); row++) {
            checkRow(plan, row, deferrable);
            checkPart(plan, row);
            checkFeatures(plan, row);
            checkAlignment(plan, row);
            checkAgainstFirst(plan, row);
        }
        new TableCheck(shape, capabilities).check(plan);
    }

    private void checkRow(StepPlan plan, int row, int deferrable) {
        SequenceView sequence = plan.sequence(row);
        int first = plan.get(Column.FIRST_POSITION, row);
        int count = plan.get(Column.TOKEN_COUNT, row);
        require(plan.get(Column.PART, row) < shape.parts().size(), "row " + row + " names a part that is not there");
        require(count >= 1 && first >= 0, "row " + row + " spans [" + first + ", +" + count + ")");
        require(first + count <= shape.contextTokens(), "row " + row + " ends behind the context");
        require(first + count <= sequence.maxLength(), "row " + row + " ends behind its sequence's maximum");
        boolean proposals = plan.get(Column.KIND, row) == RowKind.VERIFY.ordinal();
        require(!proposals || first == sequence.length() - 1, "row " + row + " verifies behind an unknown token");
        require(!proposals || plan.wants(row, StepPlan.WANT_SAMPLE_EACH), "row " + row + " verifies without draws");
        for (int i = 0; i < count; i++) {
            int token = plan.token(row, i);
            boolean fine = StepPlan.isDeferred(token)
                    ? -1 - token < deferrable
                    : token < shape.vocabularySize() && (isKnown(sequence, first + i, token) || (proposals && i > 0));
            if (!fine) {
                throw new PlanViolation("row " + row + " has token " + token + " at position " + (first + i)
                        + ", which is neither its sequence's nor one of " + deferrable + " rows in flight");
            }
        }
    }

    private void checkPart(StepPlan plan, int row) {
        int part = plan.get(Column.PART, row);
        int end = plan.get(Column.FIRST_POSITION, row) + plan.get(Column.TOKEN_COUNT, row);
        boolean drafts = plan.get(Column.KIND, row) == RowKind.DRAFT.ordinal();
        int proposals = plan.get(Column.PROPOSALS, row);
        require(part == plan.get(Column.PART, 0), "rows of several parts in one step");
        require(
                drafts == (shape.parts().get(part).role() == PartShape.Role.DRAFT),
                "row " + row + " asks part " + part + " for what it is not there for");
        checkAuxiliary(plan, row, end);
        require(proposals == 0 || drafts, "row " + row + " proposes without being a draft");
        require(
                !drafts || plan.get(Column.WANTS, row) == 0,
                "row " + row + " drafts and wants what a draft does not give");
        require(
                proposals == 0 || end == plan.sequence(row).length(),
                "row " + row + " proposes behind position " + end + ", which is not the sequence's end");
        require(
                !drafts || end + proposals < plan.sequence(row).maxLength(),
                "row " + row + " proposes tokens that leave no room for the draw behind them");
    }

    private void checkAuxiliary(StepPlan plan, int row, int end) {
        boolean auxiliary = shape.parts().get(plan.get(Column.PART, row)).role() == PartShape.Role.AUXILIARY;
        RowKind kind = RowKind.values()[plan.get(Column.KIND, row)];
        SequenceView sequence = plan.sequence(row);
        require(
                auxiliary ? kind == RowKind.PREDICT || kind == RowKind.COMPUTE : kind != RowKind.PREDICT,
                "row " + row + " asks a part for " + kind + " that is not there for it");
        require(
                !auxiliary || end < sequence.promptTokens(),
                "row " + row + " predicts up to " + end + ", but the prompt's last position is the base's");
        require(
                !auxiliary || sequence.embeddings().isEmpty() && plan.get(Column.ADAPTER, row) == StepPlan.NO_ADAPTER,
                "row " + row + " predicts from what an auxiliary does not read");
        require(
                kind != RowKind.REPAIR || end < sequence.length(),
                "row " + row + " repairs up to " + end + ", but the last known token is an ordinary row's");
        require(
                !auxiliary && kind != RowKind.REPAIR || plan.get(Column.WANTS, row) == 0,
                "row " + row + " wants what neither prediction nor repair gives");
    }

    private static boolean isKnown(SequenceView sequence, int position, int token) {
        return position < sequence.length() && sequence.tokenAt(position) == token;
    }

    private void checkFeatures(StepPlan plan, int row) {
        SequenceView sequence = plan.sequence(row);
        feature(plan.wants(row, StepPlan.WANT_PROMPT_LOGPROBS), Feature.PROMPT_LOGPROBS, row);
        feature(plan.wants(row, StepPlan.WANT_HIDDEN), Feature.HIDDEN_STATES, row);
        feature(sequence.tokenMask() != null, Feature.TOKEN_MASKS, row);
        feature(!sequence.embeddings().isEmpty(), Feature.EMBEDDING_ROWS, row);
        feature(plan.get(Column.ADAPTER, row) != StepPlan.NO_ADAPTER, Feature.ADAPTERS, row);
        feature(plan.get(Column.KIND, row) == RowKind.VERIFY.ordinal(), Feature.ROLLBACK, row);
        require(
                plan.get(Column.KIND, row) != RowKind.VERIFY.ordinal()
                        || plan.get(Column.TOKEN_COUNT, row) == 1
                        || sequence.tokenMask() == null,
                "row " + row + " verifies under a mask that admits one draw");
        feature(plan.get(Column.KIND, row) == RowKind.REPAIR.ordinal(), Feature.ROLLBACK, row);
        feature(plan.get(Column.KIND, row) == RowKind.PREDICT.ordinal(), Feature.PREDICTION, row);
        feature(plan.get(Column.KIND, row) == RowKind.DRAFT.ordinal(), Feature.ROLLBACK, row);
    }

    private void feature(boolean used, Feature feature, int row) {
        require(!used || capabilities.has(feature), "row " + row + " needs " + feature);
    }

    private void checkAlignment(StepPlan plan, int row) {
        int alignment = shape.parts().get(plan.get(Column.PART, row)).caches().alignment();
        int first = plan.get(Column.FIRST_POSITION, row);
        int end = first + plan.get(Column.TOKEN_COUNT, row);
        int prompt = plan.sequence(row).promptTokens();
        if (alignment > 1 && first < prompt) {
            require(first % alignment == 0, "prompt span starts at " + first + ", alignment is " + alignment);
            require(
                    end % alignment == 0 && end <= prompt || end == prompt,
                    "prompt span ends at " + end + " of " + prompt + ", alignment is " + alignment);
        }
    }

    private void checkAgainstFirst(StepPlan plan, int row) {
        if (!capabilities.has(Feature.RAGGED_ROWS)) {
            require(
                    plan.get(Column.TOKEN_COUNT, row) == plan.get(Column.TOKEN_COUNT, 0),
                    "row " + row + " has another length than row 0 and rows may not be ragged");
        }
        if (!capabilities.has(Feature.MIXED_SPANS)) {
            require(isGenerated(plan, row) == isGenerated(plan, 0), "prompt spans and generated positions in one step");
        }
    }

    private static boolean isGenerated(StepPlan plan, int row) {
        return plan.get(Column.TOKEN_COUNT, row) == 1
                && plan.get(Column.FIRST_POSITION, row) >= plan.sequence(row).promptTokens();
    }

    static void require(boolean holds, String broken) {
        if (!holds) {
            throw new PlanViolation(broken);
        }
    }

    static int blocks(CacheSpec spec, int tokens) {
        return Math.ceilDiv(tokens, spec.blockTokens());
    }
}

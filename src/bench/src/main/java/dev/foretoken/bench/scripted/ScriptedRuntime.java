package dev.foretoken.bench.scripted;

import dev.foretoken.contract.runtime.Capabilities;
import dev.foretoken.contract.runtime.PartShape;
import dev.foretoken.contract.runtime.SequenceRuntime;
import dev.foretoken.contract.runtime.SequenceView;
import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.contract.runtime.StepResult;
import dev.foretoken.contract.runtime.TokenLogprobs;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Draws what a {@link Script} says for as long as it says something, then what the runtime behind it draws. Every step is computed in full,
 * so times are those of any answer; log-probabilities of scripted tokens are those of the tokens that were drawn instead.
 */
public final class ScriptedRuntime extends WrappedRuntime {
    private static final int DRAWN = -1;
    private static final int REMEMBERED = 1024;

    private final Script script;
    private final StepResult said;
    private final int[] overrides;
    /** By sequence, so that prompts are not read in every step. */
    private final Map<Long, int[]> known = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, int[]> eldest) {
            return size() > REMEMBERED;
        }
    };

    private int rows;

    public ScriptedRuntime(SequenceRuntime inner, Script script) {
        super(inner);
        this.script = script;
        Capabilities limits = inner.capabilities();
        this.said = new StepResult(limits.maxRows(), limits.maxTokens());
        this.overrides = new int[limits.maxRows()];
    }

    /** Steps do not overlap: the next one would take the token that was drawn for the one that is said. */
    @Override
    public Capabilities capabilities() {
        Capabilities limits = super.capabilities();
        return new Capabilities(limits.features(), limits.maxRows(), limits.maxTokens(), 1);
    }

    @Override
    public void begin(StepPlan plan) {
        rows = plan.rows();
        said.clear(rows);
        for (int row = 0; row < rows; row++) {
            overrides[row] = scripted(plan, row);
        }
        super.begin(plan);
    }

    private int scripted(StepPlan plan, int row) {
        int part = plan.get(Column.PART, row);
        boolean draws = plan.wants(row, StepPlan.WANT_SAMPLE);
        if (!draws || shape().parts().get(part).role() != PartShape.Role.BASE) {
            return DRAWN;
        }
        SequenceView sequence = plan.sequence(row);
        int[] beginning = known.computeIfAbsent(sequence.sequenceId(), id -> script.of(sequence));
        int index = plan.get(Column.FIRST_POSITION, row) + plan.get(Column.TOKEN_COUNT, row) - sequence.promptTokens();
        return index >= 0 && index < beginning.length ? beginning[index] : DRAWN;
    }

    @Override
    public StepResult await() {
        StepResult drawn = super.await();
        for (int row = 0; row < rows; row++) {
            copy(drawn, row);
        }
        return said;
    }

    private void copy(StepResult drawn, int row) {
        for (int i = 0; i < drawn.tokenCount(row); i++) {
            TokenLogprobs scores = drawn.logprobs(row, i);
            said.addToken(row, overrides[row] == DRAWN ? drawn.token(row, i) : overrides[row], scores);
        }
        List<TokenLogprobs> scored = drawn.promptLogprobs(row);
        if (scored != null) {
            said.setPromptLogprobs(row, scored);
        }
        float[] hidden = drawn.hidden(row);
        if (hidden != null) {
            said.setHidden(row, hidden);
        }
    }
}

package dev.foretoken.contract.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.fake.FakeSequence;
import dev.foretoken.contract.runtime.StepPlan.Column;
import org.junit.jupiter.api.Test;

class StepPlanTest {

    private static StepPlan plan() {
        return new StepPlan(new StepCapacity(3, 16, 4, 1));
    }

    private static void add(StepPlan plan, int... tokens) {
        plan.addRow(new FakeSequence(1, tokens, 1), 0, RowKind.COMPUTE, 0, 0);
        for (int token : tokens) {
            plan.addToken(token);
        }
    }

    @Test
    void takesTheTokensOfAnotherPlansRowBehindItsOwn() {
        try (StepPlan from = plan();
                StepPlan to = plan()) {
            add(from, 5, 6);
            add(from, 7, 8, 9);
            add(to, 1);
            add(to, 2);
            to.addTokens(from, 1);
            assertThat(to.get(Column.TOKEN_COUNT, 0)).isEqualTo(1);
            assertThat(to.get(Column.TOKEN_COUNT, 1)).isEqualTo(4);
            assertThat(to.tokenCount()).isEqualTo(5);
            assertThat(new int[] {to.token(0, 0), to.token(1, 0), to.token(1, 1), to.token(1, 3)})
                    .containsExactly(1, 2, 7, 9);
        }
    }
}

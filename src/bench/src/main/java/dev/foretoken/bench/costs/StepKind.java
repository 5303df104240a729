package dev.foretoken.bench.costs;

import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;

/** What a step computes. */
enum StepKind {
    ANSWERS("answers"),
    PROMPTS("prompts"),
    BOTH("both"),
    ;

    private final String label;

    StepKind(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    static StepKind of(StepPlan plan) {
        int prompts = 0;
        for (int row = 0; row < plan.rows(); row++) {
            boolean reads =
                    plan.get(Column.FIRST_POSITION, row) < plan.sequence(row).promptTokens();
            prompts += reads ? 1 : 0;
        }
        if (prompts == 0) {
            return ANSWERS;
        }
        return prompts == plan.rows() ? PROMPTS : BOTH;
    }
}

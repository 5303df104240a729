package dev.foretoken.scheduler;

import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import dev.foretoken.scheduler.prefill.StepCosts;

/** What a step takes on a machine that does not exist, in nanoseconds: a stand-in for measured times, so that load can be simulated. */
record CostTable(Line base, Line auxiliary) {

    /** What every step costs, and what each token, draw and position attended to adds. */
    record Line(double fixed, double perToken, double perDraw, double perAttended) {
        double nanos(StepPlan plan) {
            double sum = fixed;
            for (int row = 0; row < plan.rows(); row++) {
                int count = plan.get(Column.TOKEN_COUNT, row);
                sum += count * perToken
                        + (plan.wants(row, StepPlan.WANT_SAMPLE) ? perDraw : 0)
                        + perAttended * StepCosts.attended(plan.get(Column.FIRST_POSITION, row), count);
            }
            return sum;
        }

        Line times(double factor) {
            return new Line(fixed * factor, perToken * factor, perDraw * factor, perAttended * factor);
        }
    }

    /**
     * About a 1.1B model of 22 layers in BF16 on two cores, 800 prompt tokens a second and 65 ms for a token of one sequence, 3 ms for one of
     * each further; beside it the quarter of its layers, of which the last needs only K and V, with its maps.
     */
    static final CostTable TINY_LLAMA = of(new Line(62e6, 1.15e6, 1.85e6, 100));

    /** The same with 8-bit weights and activations: 1,500 prompt tokens a second, half as long for what weights cost to read. */
    static final CostTable TINY_LLAMA_INT8 = of(new Line(34e6, 0.6e6, 1.2e6, 100));

    /** No machine that was measured: 50,000 prompt tokens a second, and tokens every 8 ms. */
    static final CostTable ACCELERATOR = of(new Line(8e6, 20e3, 30e3, 0.5));

    /**
     * About one of 160M in 8 bits on two cores, where steps cost by what they hold, about as measured: 4 ms for a token of one sequence, 20 ms for
     * those of 27, 30 ms for a prompt of 128.
     */
    static final CostTable SMALL_LLAMA = of(new Line(3.2e6, 0.21e6, 0.4e6, 200));

    private static CostTable of(Line base) {
        Line auxiliary = new Line(base.fixed(), base.perToken(), 0, base.perAttended()).times(0.22);
        return new CostTable(base, new Line(auxiliary.fixed(), auxiliary.perToken() + 0.03 * base.perToken(), 0, 22));
    }

    long nanos(StepPlan plan) {
        return (long) (plan.get(Column.PART, 0) == 0 ? base : auxiliary).nanos(plan);
    }
}

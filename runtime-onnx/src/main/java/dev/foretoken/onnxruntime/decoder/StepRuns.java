package dev.foretoken.onnxruntime.decoder;

import dev.foretoken.contract.runtime.StepPlan;
import dev.foretoken.contract.runtime.StepPlan.Column;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Makes runs of a step: rows of one token together as far as the graph and their places allow, spans one by one. */
final class StepRuns {

    /** Kind of a sequence's slot, the same for all that a sequence owns. */
    private static final int KIND = 0;

    private final RowMap map;
    private final List<Caches> caches;
    private final boolean adjacent;
    private final boolean equalLengths;
    private final int mostRows;
    private final int mostTokens;
    private final RunRows run;
    private final int[] singles;
    private final int[] placed;
    private final int[] planRowAt;
    private final long[] order;

    /**
     * @param equalLengths whether only rows of equal length can run together
     * @param limits of one run: rows, and tokens of a row
     */
    StepRuns(RowMap map, List<Caches> caches, boolean equalLengths, RunLimits limits) {
        this.map = map;
        this.caches = caches;
        this.adjacent = caches.stream().anyMatch(Caches::needsAdjacentRows);
        this.equalLengths = equalLengths;
        this.mostRows = limits.rows();
        this.mostTokens = limits.span();
        this.run = new RunRows(map.rows());
        this.singles = new int[map.rows()];
        this.placed = new int[map.rows()];
        this.planRowAt = new int[map.rows()];
        this.order = new long[map.rows()];
    }

    /** What one run of the graph takes. */
    record RunLimits(int rows, int span) {}

    /** Runs everything of a step; {@code runner} must not keep what it is given. */
    void forEach(StepPlan plan, Consumer<RunRows> runner) {
        map.nextStep();
        int count = place(plan);
        runSingles(plan, count, runner);
        for (int row = 0; row < plan.rows(); row++) {
            if (plan.get(Column.TOKEN_COUNT, row) > 1) {
                runSpan(plan, row, runner);
            }
        }
    }

    /** Finds a place for every sequence; returns how many rows have one token. */
    private int place(StepPlan plan) {
        int count = 0;
        int all = 0;
        for (int row = 0; row < plan.rows(); row++) {
            int slot = slot(plan, row);
            map.setTokens(slot, plan.get(Column.FIRST_POSITION, row));
            if (plan.get(Column.TOKEN_COUNT, row) == 1) {
                singles[count++] = slot;
            }
            if (plan.get(Column.TOKEN_COUNT, row) == 1 || map.tokens(slot) == 0) {
                placed[all++] = slot;
            }
        }
        if (adjacent) {
            map.gather(placed, all);
            map.gather(singles, count);
        }
        for (int row = 0; row < plan.rows(); row++) {
            int slot = slot(plan, row);
            if (map.tokens(slot) == 0) {
                caches.forEach(each -> each.begin(slot, map.row(slot)));
            }
        }
        return count;
    }

    private void runSingles(StepPlan plan, int count, Consumer<RunRows> runner) {
        int found = 0;
        for (int row = 0; row < plan.rows(); row++) {
            if (plan.get(Column.TOKEN_COUNT, row) == 1) {
                int place = map.row(slot(plan, row));
                planRowAt[place] = row;
                order[found++] = (equalLengths ? (long) plan.get(Column.FIRST_POSITION, row) << 32 : 0) | place;
            }
        }
        Arrays.sort(order, 0, count);
        for (int i = 0; i < count; i++) {
            int place = (int) order[i];
            if (i == 0 || !joins(order[i - 1], order[i])) {
                finish(runner, i > 0);
                run.clear(place, 1, 0);
            }
            add(plan, planRowAt[place]);
        }
        finish(runner, count > 0);
    }

    private boolean joins(long before, long next) {
        boolean beside = !adjacent || (int) before + 1 == (int) next;
        return beside && before >>> 32 == next >>> 32 && run.count() < mostRows;
    }

    private void runSpan(StepPlan plan, int row, Consumer<RunRows> runner) {
        int length = plan.get(Column.TOKEN_COUNT, row);
        for (int from = 0; from < length; from += mostTokens) {
            run.clear(map.row(slot(plan, row)), Math.min(mostTokens, length - from), from);
            add(plan, row);
            finish(runner, true);
        }
    }

    private void add(StepPlan plan, int row) {
        int slot = slot(plan, row);
        run.add(row, slot, map.tokens(slot));
    }

    private void finish(Consumer<RunRows> runner, boolean begun) {
        if (!begun) {
            return;
        }
        runner.accept(run);
        for (int i = 0; i < run.count(); i++) {
            map.setTokens(run.slot(i), run.past(i) + run.span());
        }
    }

    private static int slot(StepPlan plan, int row) {
        return plan.unit(row, KIND, 0);
    }
}

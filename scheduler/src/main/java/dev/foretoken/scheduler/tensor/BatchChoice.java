package dev.foretoken.scheduler.tensor;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which of the waiting requests run together with the first. Without a ragged axis: as many as the limits allow, in order. With one they are
 * sorted by length and cut into the groups that take the least time together - padding costs tokens, unless the runtime cuts it, a further run
 * costs its fixed part - none of which is padded by more than a share; the group of the first one runs.
 */
final class BatchChoice {

    /** Candidates for each row of a run: more choice of lengths than that is worth little. */
    private static final int CHOICE = 4;
    /** Of what is equal otherwise, fewer runs. */
    private static final double LEAST_FIXED = 1;

    private final JoinRules rules;
    private final TensorConfig.Batch limits;
    private final RunCost cost;
    private final boolean paddingIsCut;

    BatchChoice(JoinRules rules, TensorConfig.Batch limits, RunCost cost, boolean paddingIsCut) {
        this.rules = rules;
        this.limits = limits;
        this.cost = cost;
        this.paddingIsCut = paddingIsCut;
    }

    /** How many calls in order it has a use for. */
    int candidates() {
        return rules.joins() ? CHOICE * limits.maxRows() : 1;
    }

    /** Of calls of one class in order; holds the first. */
    List<TensorCall> choose(List<TensorCall> inOrder) {
        TensorCall first = inOrder.getFirst();
        if (!rules.joins() || first.sessionKey != null) {
            return List.of(first);
        }
        List<TensorCall> fitting = inOrder.stream()
                .filter(call -> call.sessionKey == null && call.work.key().equals(first.work.key()))
                .toList();
        return rules.ragged().isEmpty() ? asMany(fitting) : group(fitting, first);
    }

    private List<TensorCall> asMany(List<TensorCall> fitting) {
        List<TensorCall> taken = new ArrayList<>();
        Extent extent = new Extent();
        for (TensorCall call : fitting) {
            extent.add(call.work);
            if (!taken.isEmpty() && !extent.isWithin(limits)) {
                break;
            }
            taken.add(call);
        }
        return taken;
    }

    /** Dynamic programming over the sorted calls: the cheapest cut of the first n is the cheapest over where its last group begins. */
    private List<TensorCall> group(List<TensorCall> fitting, TensorCall first) {
        List<TensorCall> sorted = new ArrayList<>(fitting);
        sorted.sort(Comparator.comparingLong(call -> call.work.length()));
        int[] begins = new int[sorted.size() + 1];
        double[] least = new double[sorted.size() + 1];
        double fixed = Math.max(LEAST_FIXED, cost.fixedTokens());
        for (int end = 1; end <= sorted.size(); end++) {
            least[end] = Double.MAX_VALUE;
            Extent extent = new Extent();
            for (int begin = end - 1; begin >= 0; begin--) {
                extent.add(sorted.get(begin).work);
                if (begin < end - 1 && !extent.isWithin(limits)) {
                    break;
                }
                double total = least[begin] + fixed + (paddingIsCut ? extent.useful : extent.tokens());
                if (total < least[end]) {
                    least[end] = total;
                    begins[end] = begin;
                }
            }
        }
        return groupOf(first, sorted, begins);
    }

    private static List<TensorCall> groupOf(TensorCall first, List<TensorCall> sorted, int[] begins) {
        int end = sorted.size();
        while (!sorted.subList(begins[end], end).contains(first)) {
            end = begins[end];
        }
        return List.copyOf(sorted.subList(begins[end], end));
    }

    /** Whether a run of these calls cannot grow: it may begin before others join. */
    boolean isFull(List<TensorCall> chosen) {
        return !rules.joins()
                || chosen.getFirst().sessionKey != null
                || chosen.stream().mapToLong(call -> call.work.rows()).sum() >= limits.maxRows();
    }

    /** How large a run of some calls is. */
    private static final class Extent {
        private long rows;
        private long longest;
        private long useful;
        private long bytes;
        private long most;

        void add(TensorWork work) {
            rows += work.rows();
            longest = Math.max(longest, work.length());
            useful += work.tokens();
            bytes += work.bytes();
            most = Math.max(most, work.bytes() / work.rows());
        }

        long tokens() {
            return rows * longest;
        }

        boolean isWithin(TensorConfig.Batch limits) {
            return rows <= limits.maxRows()
                    && tokens() <= limits.maxTokens()
                    && Math.max(bytes, rows * most) <= limits.maxBytes()
                    && tokens() - useful <= limits.mostPadding() * tokens();
        }
    }
}

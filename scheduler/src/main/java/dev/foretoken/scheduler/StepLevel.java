package dev.foretoken.scheduler;

import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.contract.request.Priority;
import dev.foretoken.scheduler.prefill.PromptCosts;
import dev.foretoken.scheduler.prefill.StepCosts;

/**
 * How long the steps are that leave the least urgent class, offline work, its part of what others leave, by what steps cost: the shortest that do,
 * and all as long as one another where others' own work does not make them longer.
 *
 * <p>In work, which is time without what every step costs by itself, {@code f}: full steps, with {@code x} of work in each, do {@code x / (f + x)}
 * a second, of which others take a part {@code r}. Of the rest a part {@code p} is to be done, {@code u = r + (1 - r) p} in all, and what is left of
 * a second is what its steps cost by themselves. So a step takes {@code f / (1 - u x / (f + x))} on average.
 */
final class StepLevel {

    /** Of what others leave: more than the six tenths promised, since costs are estimates. */
    static final double PART = 0.65;

    /** What steps hold is averaged over so many. */
    private static final double FADING = 512;

    /** Part of what the engine can do that others are taken to use at most. */
    private static final double BUSIEST = 0.95;

    /** So many answers of others make it worth to cut others' prompts: each piece costs a step. */
    private static final int CROWD = 3;

    /** A piece of a prompt takes at most so many times as long as a step of the answers beside it. */
    private static final double PIECE = 4;

    /** What some did in the last steps, the older ones counting less. */
    private static final class Done {
        private double rows;
        private double promptTokens;

        void add(boolean row, int count) {
            rows += row ? count : 0;
            promptTokens += row ? 0 : count;
        }

        void fade() {
            rows *= 1 - 1 / FADING;
            promptTokens *= 1 - 1 / FADING;
        }
    }

    private final SchedulerState state;
    private final PromptCosts costs;
    private final Done others = new Done();
    private final Done least = new Done();
    private double elapsed;
    private boolean began;
    private long openedAt;

    private PrefillCost cost = PrefillCost.NONE;
    /** Nanoseconds of a step by itself, and of an answer of the least class in it. */
    private double fixed;

    private double row;
    /** Answers of others. */
    private int answers;
    /** Tokens before those that the least class computes next of prompts, at most. */
    private int deepest;

    /** Nanoseconds of this step beside others' answers: what it is to have, what it has, and what steps have too much on average. */
    private double room;

    private double given;
    private double excess;

    StepLevel(SchedulerState state, PromptCosts costs) {
        this.state = state;
        this.costs = costs;
    }

    /** Begins a step. {@code wanted}: otherwise nothing is known in it. */
    void open(boolean wanted) {
        elapsed = elapsed * (1 - 1 / FADING) + (began ? state.now - openedAt : 0);
        began = true;
        openedAt = state.now;
        cost = PrefillCost.NONE;
        given = 0;
        if (wanted) {
            measure();
        }
    }

    private void measure() {
        int rows = 0;
        int leastRows = 0;
        deepest = 0;
        long context = 0;
        long leastContext = 0;
        for (int i = 0; i < state.running.size(); i++) {
            Sequence sequence = state.running.get(i);
            int own = sequence.isDecoding() ? 1 : 0;
            int mine = isLeast(sequence) ? own : 0;
            deepest = own == 0 && isLeast(sequence) ? Math.max(deepest, sequence.scheduled) : deepest;
            rows += own - mine;
            leastRows += mine;
            context += (long) (own - mine) * (sequence.scheduled + 1);
            leastContext += (long) mine * (sequence.scheduled + 1);
        }
        answers = rows;
        cost = costs.at(rows, context);
        fixed = costs.at(0, 0).nanosPerStep();
        row = (costs.at(Math.max(1, leastRows), leastContext).nanosPerStep() - fixed) / Math.max(1, leastRows);
        room = isKnown() ? Math.max(leastSpan(), average() - excess - cost.nanosPerStep()) : 0;
    }

    /** Whether it is known what this step will take. */
    boolean isKnown() {
        return cost.nanosPerToken() > 0;
    }

    /** Nanoseconds of a step on average. */
    private double average() {
        double full = fullWork();
        double whole = fixed + full;
        double work = others.rows * row + others.promptTokens * cost.nanosPerToken();
        double taken = elapsed > 0 ? Math.min(BUSIEST, work / elapsed * whole / full) : BUSIEST;
        double used = taken + (1 - taken) * PART;
        return fixed * whole / (fixed + full * (1 - used));
    }

    /** Nanoseconds of work in a step of the least class alone with every row: as many prompt tokens for each as its last steps had. */
    private double fullWork() {
        int rows = state.limits.sequences();
        int most = state.limits.promptBesideDecode();
        double prompts = least.rows > 0 ? Math.min(most, rows * least.promptTokens / least.rows) : most;
        return rows * row + prompts * cost.nanosPerToken();
    }

    /** Prompts always get on. */
    private double leastSpan() {
        return state.limits.leastSpan() * (cost.nanosPerToken() + cost.nanosPerPair() * deepest);
    }

    /** Nanoseconds of this step that the least class may have beside {@code promptTokens} that others have to compute. */
    double room(long promptTokens) {
        return Math.max(0, room - promptTokens * cost.nanosPerToken());
    }

    /**
     * Tokens that prompts may have beside answers, {@code most} at most. Where the least class makes others' answers take longer, more of them wait
     * at the same time for each prompt, so that waits that were rare are not: from a crowd on they wait for pieces.
     */
    int promptTokens(int most) {
        if (!isKnown() || answers < CROWD) {
            return most;
        }
        double piece = PIECE * cost.nanosPerStep() / cost.nanosPerToken();
        return (int) Math.min(most, Math.max(state.limits.leastSpan(), piece));
    }

    /** Nanoseconds of the next token of {@code sequence}. */
    double price(Sequence sequence) {
        return sequence.isDecoding() ? row : cost.nanosPerToken() + cost.nanosPerPair() * sequence.scheduled;
    }

    /** {@code sequence} was given {@code count} tokens. */
    void give(Sequence sequence, int count) {
        boolean answers = sequence.isDecoding();
        (isLeast(sequence) ? least : others).add(answers, count);
        if (answers) {
            given += isLeast(sequence) ? row * count : 0;
        } else {
            double attended = StepCosts.attended(sequence.scheduled, count);
            given += count * cost.nanosPerToken() + attended * cost.nanosPerPair();
        }
    }

    /** Ends a step. */
    void close() {
        others.fade();
        least.fade();
        excess += isKnown() ? (Math.max(0, given - room) - excess) / FADING : 0;
    }

    private static boolean isLeast(Sequence sequence) {
        return sequence.priority() == Priority.BATCH;
    }
}

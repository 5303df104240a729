package dev.foretoken.scheduler;

import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.contract.engine.PromptWork;
import dev.foretoken.scheduler.prefill.PromptCosts;
import dev.foretoken.scheduler.prefill.StepCosts;

/** Adds up what a scheduler has still to compute of prompts, and what that costs it now. */
final class PromptSurvey {

    /** Blocks that one survey looks for; of those who wait behind, the same share is taken to be held. */
    private static final int MOST_BLOCKS = 4096;

    private final SchedulerState state;
    private final PrefixLookup prefixes;
    private final PromptCosts costs;
    private long queued;
    private long running;
    private double pairs;
    private int blocks;
    private long seen;
    private long seenHeld;

    PromptSurvey(SchedulerState state, PrefixLookup prefixes, PromptCosts costs) {
        this.state = state;
        this.prefixes = prefixes;
        this.costs = costs;
    }

    /**
     * Looks at every sequence. Those who wait for a sibling to compute their prompt have none to compute; of those who wait, what is held now
     * does not count: else a pod whose queue is all hits would seem the busiest.
     */
    PromptWork work() {
        blocks = 0;
        seen = 0;
        seenHeld = 0;
        queued = 0;
        running = 0;
        pairs = 0;
        for (SequenceGroup group : state.groups) {
            for (int choice = 0; choice < group.choices(); choice++) {
                add(group.sequence(choice));
            }
        }
        return new PromptWork(queued, running, pairs, 0);
    }

    private void add(Sequence sequence) {
        switch (sequence.state) {
            case WAITING -> queued += count(sequence, held(sequence));
            case RUNNING -> running += sequence.isDecoding() ? 0 : count(sequence, 0);
            case PARKED, ENDED -> {}
        }
    }

    /** A predicted prompt is the auxiliary's work: the base computes its last token. */
    private int count(Sequence sequence, int held) {
        boolean filling = sequence.prediction != null && sequence.prediction.isFilling(sequence.scheduled);
        int tokens = filling ? 1 : Math.max(0, sequence.remaining() - held);
        pairs += StepCosts.attended(sequence.length() - tokens, tokens);
        return tokens;
    }

    /** Tokens that one who waits will not have to compute, as things stand. */
    private int held(Sequence sequence) {
        int tokens = Math.max(0, sequence.remaining());
        if (blocks >= MOST_BLOCKS) {
            return seen == 0 ? 0 : (int) (tokens * seenHeld / seen);
        }
        int held = Math.min(tokens, prefixes.held(sequence));
        blocks += 1 + held / prefixes.blockTokens();
        seen += tokens;
        seenHeld += held;
        return held;
    }

    PrefillCost cost() {
        int generating = 0;
        long context = 0;
        for (int i = 0; i < state.running.size(); i++) {
            Sequence sequence = state.running.get(i);
            if (sequence.isDecoding()) {
                generating++;
                context += sequence.scheduled + 1;
            }
        }
        return costs.at(generating, context);
    }
}

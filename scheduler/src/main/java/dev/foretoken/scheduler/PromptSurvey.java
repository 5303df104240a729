package dev.foretoken.scheduler;

import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.contract.engine.PromptWork;
import dev.foretoken.scheduler.prefill.PromptCosts;
import dev.foretoken.scheduler.prefill.StepCosts;

/** Adds up what a scheduler has still to compute of prompts, and what that costs it now. */
final class PromptSurvey {

    private final SchedulerState state;
    private final PromptCosts costs;
    private long queued;
    private long running;
    private double pairs;

    PromptSurvey(SchedulerState state, PromptCosts costs) {
        this.state = state;
        this.costs = costs;
    }

    /** Looks at every sequence. Those who wait for a sibling to compute their prompt have none to compute. */
    PromptWork work() {
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
            case WAITING -> queued += count(sequence);
            case RUNNING -> running += sequence.isDecoding() ? 0 : count(sequence);
            case PARKED, ENDED -> {}
        }
    }

    /** A predicted prompt is the auxiliary's work: the base computes its last token. */
    private int count(Sequence sequence) {
        boolean filling = sequence.prediction != null && sequence.prediction.isFilling(sequence.scheduled);
        int tokens = filling ? 1 : Math.max(0, sequence.remaining());
        pairs += StepCosts.attended(sequence.length() - tokens, tokens);
        return tokens;
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

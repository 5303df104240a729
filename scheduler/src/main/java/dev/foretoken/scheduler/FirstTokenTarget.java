package dev.foretoken.scheduler;

import dev.foretoken.contract.engine.PrefillCost;
import dev.foretoken.scheduler.prefill.PromptCosts;
import dev.foretoken.scheduler.prefill.StepCosts;

/**
 * The time to a first token that is aimed at for prompts of tenants served far less than others, by what steps cost. Where nothing generates it is
 * that of {@link PromptStepLength}. Beside answers, whose number bounds what steps hold, it is what nineteen in twenty of such prompts keep: what is
 * done for one of them beyond that would cost others and change nothing for the slowest. It begins with nothing, and rises to what is kept.
 */
final class FirstTokenTarget {

    /** For one prompt that misses the target, so many keep it. */
    private static final int KEEPING = 19;

    /** Of a step, by which the target falls when it is kept. */
    private static final double FALL = 0.002;

    /** Part of the throughput that shorter steps may cost beside answers. */
    private static final double LOSS = 0.035;

    private final SchedulerState state;
    private final PromptCosts costs;
    private final PromptStepLength length = new PromptStepLength();
    private PrefillCost cost = PrefillCost.NONE;
    private double fixed;
    private boolean generates;
    private double kept;
    /** That were computed of the last prompt. */
    private int computed = 1;

    FirstTokenTarget(SchedulerState state, PromptCosts costs) {
        this.state = state;
        this.costs = costs;
    }

    /** Begins a step. {@code wanted}: otherwise nothing is known in it. {@code someGenerate}: of those that run. */
    void open(boolean wanted, boolean someGenerate) {
        generates = someGenerate;
        cost = PrefillCost.NONE;
        if (wanted) {
            int generating = 0;
            long context = 0;
            for (int i = 0; i < state.running.size(); i++) {
                Sequence sequence = state.running.get(i);
                generating += sequence.isDecoding() ? 1 : 0;
                context += sequence.isDecoding() ? sequence.scheduled + 1 : 0;
            }
            cost = costs.at(generating, context);
            fixed = costs.at(0, 0).nanosPerStep();
        }
    }

    /** Whether it is known what this step will take. */
    boolean isKnown() {
        return cost.nanosPerToken() > 0;
    }

    /**
     * Prompt tokens of a step, at most {@code most}, while tenants meet: what is waited for most is the step in progress, so it is no longer than one
     * of a waiting prompt alone, as far as that costs little; and no prompt gets on in one that cannot hold the least span.
     */
    int stepTokens(int most) {
        if (!isKnown()) {
            return most;
        }
        double whole = nanos(most);
        double alone = alone(computed);
        double shortest = Math.max(Math.min(whole, alone), fixed / PromptStepLength.fixedPart(LOSS, fixed, whole));
        if (!generates) {
            length.open(fixed, whole, alone);
            shortest = length.nanos();
        }
        int least = Math.min(most, state.limits.leastSpan());
        return (int) Math.clamp((shortest - cost.nanosPerStep()) / cost.nanosPerToken(), least, most);
    }

    /** Whether a step ends when one who waits has to have its first token, however long that is. */
    boolean endsSteps() {
        return isKnown() && !generates;
    }

    private double target(Sequence sequence) {
        return generates ? kept : length.aim(alone(computed(sequence)));
    }

    /** Tokens of its prompt that are not found. */
    private static int computed(Sequence sequence) {
        return sequence.promptTokens() - sequence.group.cachedTokens();
    }

    /** Nanoseconds of a step with so many prompt tokens and nothing else. */
    private double alone(int tokens) {
        return fixed + tokens * cost.nanosPerToken();
    }

    /** Nanoseconds of a step with so many prompt tokens. */
    private double nanos(int tokens) {
        return cost.nanosPerStep() + tokens * cost.nanosPerToken();
    }

    /** Whether {@code next} and those of its tenant that wait with it miss the target in a step with all answers. */
    boolean isMissedBy(Sequence next) {
        int together = Math.max(1, next.line().size());
        return at(next, together * (double) next.remaining(), false) > target(next);
    }

    /** Tokens of {@code room} that others may have beside {@code first} and {@code given} prompt tokens in all. */
    int room(Sequence first, int given, boolean paused, int room) {
        int left = (int) Math.clamp((target(first) - at(first, given, paused)) / cost.nanosPerToken(), 0, room);
        return left < state.limits.leastSpan() ? 0 : left;
    }

    /**
     * Whether {@code first} would miss the target for {@code later}, which can wait: it came later by more than a step costs by itself, and its own
     * tokens take longer than that. Where nothing generates steps have no other bound, and one that would then miss it itself cannot wait.
     */
    boolean isForNextStep(Sequence later, Sequence first, int given, boolean paused) {
        double count = later.remaining();
        double own = count * cost.nanosPerToken() + cost.nanosPerPair() * StepCosts.attended(later.scheduled, count);
        return later.group.submittedAt() - first.group.submittedAt() >= cost.nanosPerStep()
                && own >= cost.nanosPerStep()
                && at(first, given + count, paused) > target(first)
                && (generates || at(later, given, paused) + cost.nanosPerStep() + own <= target(later));
    }

    /** {@code first} has its first token behind a step with {@code given} prompt tokens. */
    void learn(Sequence first, int given, boolean paused) {
        if (generates) {
            kept += FALL * nanos(given) * (at(first, given, paused) > kept ? KEEPING : -1);
        }
        computed = computed(first);
    }

    /** Ends a step with {@code given} prompt tokens, that would have more, but for {@link #stepTokens} and {@link #room}, where it is {@code cut}. */
    void end(int given, boolean cut) {
        if (endsSteps() && given > 0) {
            length.end(nanos(given), cut);
        }
    }

    /** Nanoseconds to the first token of {@code sequence} behind a step with {@code tokens} prompt tokens. */
    private double at(Sequence sequence, double tokens, boolean paused) {
        double step = paused ? fixed : cost.nanosPerStep();
        return state.now - sequence.group.submittedAt() + step + tokens * cost.nanosPerToken();
    }
}

package dev.foretoken.scheduler;

import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.scheduler.blocks.CheckpointPool;
import dev.foretoken.scheduler.prefix.CheckpointIndex;
import org.jspecify.annotations.Nullable;

/**
 * Decides at which positions states are copied: where a prompt ends, where it parts from the prompts before it (the end of a shared system
 * prompt, seen when the second request comes), and every so many positions. All are aligned block ends, so that a longer prompt computed cold
 * has the same bits there; none is behind the prompt unless the model's states are the same in every form.
 */
final class CheckpointPolicy {

    private final SchedulerState state;
    private final @Nullable CheckpointIndex index;
    private final int grain;
    private final int blockTokens;
    private final int interval;
    private final int least;
    private final boolean used;

    CheckpointPolicy(SchedulerState state, PrefixCacheConfig config) {
        this.state = state;
        this.index = state.states;
        this.used = state.pools.hasState() && state.prefixesSharable();
        this.grain = used ? state.pools.grain() : 1;
        this.blockTokens = used ? state.pools.get(0).spec().blockTokens() : 1;
        this.interval = Math.ceilDiv(config.checkpointIntervalTokens(), grain) * grain;
        this.least = config.leastCheckpointTokens();
    }

    /** The last position of a prompt that another sequence with the same prompt can go on from; 0 = none. */
    int promptEnd(Sequence sequence) {
        int last = sequence.promptTokens() - 1;
        return last - last % grain;
    }

    /** {@code sequence} is about to go on from where it has been restored. */
    void begin(Sequence sequence) {
        if (used) {
            if (!sequence.states.partingKnown()) {
                sequence.states.parting = parting(sequence);
            }
            advance(sequence, sequence.scheduled);
        }
    }

    /** Remembers the prompt, so that the next one that parts from it is noticed. */
    void remember(Sequence sequence) {
        TokenChain chain = sequence.chain;
        for (int end = promptEnd(sequence);
                index != null && chain != null && end > sequence.states.parting;
                end -= grain) {
            state.history.see(chain, end / blockTokens);
        }
    }

    /** Sets the next position behind {@code from}, the last that was copied or restored. */
    void advance(Sequence sequence, int from) {
        sequence.states.last = from;
        sequence.states.next = used ? next(sequence, from) : SequenceStates.NEVER;
    }

    private int next(Sequence sequence, int from) {
        int end = promptEnd(sequence);
        boolean forSiblings = end > from && !isKnown(sequence, end) && siblingsWaitFor(sequence);
        if (index == null) {
            return forSiblings ? end : SequenceStates.NEVER;
        }
        int next = onInterval(sequence, from, end);
        if (forSiblings || isWanted(sequence, from, end)) {
            next = end < next || next > end - least && next < end ? end : next;
        }
        int parting = sequence.states.parting;
        return parting < next && isWanted(sequence, from, parting) ? parting : next;
    }

    private static boolean siblingsWaitFor(Sequence sequence) {
        return sequence.group.leader() == sequence && sequence.group.checkpoint() == CheckpointPool.NONE;
    }

    private int onInterval(Sequence sequence, int from, int end) {
        if (interval == 0) {
            return SequenceStates.NEVER;
        }
        int most = state.limits.formsDiffer() ? end : sequence.maxLength - 1;
        int next = from - from % interval + interval;
        while (next <= most && !isWanted(sequence, from, next)) {
            next += interval;
        }
        return next <= most ? next : SequenceStates.NEVER;
    }

    private boolean isWanted(Sequence sequence, int from, int position) {
        return position - from >= least && !isKnown(sequence, position);
    }

    private boolean isKnown(Sequence sequence, int position) {
        TokenChain chain = sequence.chain;
        return index != null
                && chain != null
                && position <= sequence.length()
                && index.find(chain, position / blockTokens) != CheckpointPool.NONE;
    }

    /** The longest beginning of the prompt that an earlier prompt had. */
    private int parting(Sequence sequence) {
        TokenChain chain = sequence.chain;
        for (int end = promptEnd(sequence); index != null && chain != null && end > 0; end -= grain) {
            if (state.history.knows(chain, end / blockTokens)) {
                return end;
            }
        }
        return 0;
    }
}

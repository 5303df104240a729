package dev.foretoken.scheduler;

import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.scheduler.blocks.CheckpointPool;
import dev.foretoken.scheduler.blocks.SequenceCaches;
import dev.foretoken.scheduler.prefix.CheckpointIndex;
import dev.foretoken.scheduler.prefix.PrefixIndex;

/** Finds what is known of a waiting sequence's tokens, and says why nothing is. */
final class PrefixLookup {

    private final SchedulerState state;
    private final boolean on;
    private final int grain;

    PrefixLookup(SchedulerState state, boolean on) {
        this.state = state;
        this.on = on;
        this.grain = state.pools.basePools() == 0 ? 1 : state.pools.grain();
    }

    /** Blocks that a sibling shared are kept as they are; otherwise {@code head} gets the longest prefix that is known. */
    PrefixOutcome take(Sequence head) {
        PrefixIndex prefixes = state.prefixes;
        TokenChain chain = head.chain;
        if (!on) {
            return PrefixOutcome.SWITCHED_OFF;
        }
        if (prefixes == null || chain == null) {
            return PrefixOutcome.NOT_SHARABLE;
        }
        if (head.group.needsScores()) {
            return PrefixOutcome.PROMPT_SCORED;
        }
        if (!head.caches.isEmpty()) {
            return PrefixOutcome.SIBLING;
        }
        if (most(head) < grain) {
            return PrefixOutcome.TOO_SHORT;
        }
        int blocks = prefixes.find(chain, most(head), state.states);
        if (blocks == 0) {
            return PrefixOutcome.MISS;
        }
        adopt(head, prefixes, chain, blocks);
        return PrefixOutcome.HIT;
    }

    /** Tokens of a sequence that has nothing that {@link #take} would find now. */
    int held(Sequence sequence) {
        PrefixIndex prefixes = state.prefixes;
        TokenChain chain = sequence.chain;
        boolean sought = on && !sequence.group.needsScores() && sequence.caches.isEmpty();
        if (!sought || prefixes == null || chain == null || most(sequence) < grain) {
            return 0;
        }
        return prefixes.find(chain, most(sequence), state.states) * blockTokens();
    }

    /** Makes {@code caches}, which holds nothing, a co-owner of what is known of a running sequence's tokens; returns how many those are. */
    int takeInto(Sequence sequence, SequenceCaches caches) {
        PrefixIndex prefixes = state.prefixes;
        TokenChain chain = sequence.chain;
        if (!on || prefixes == null || chain == null) {
            return 0;
        }
        int blocks = prefixes.find(chain, sequence.length() - 1, state.states);
        prefixes.adopt(chain, blocks, caches);
        return blocks * blockTokens();
    }

    private void adopt(Sequence head, PrefixIndex prefixes, TokenChain chain, int blocks) {
        prefixes.adopt(chain, blocks, head.caches);
        if (state.states != null) {
            head.caches.restoreFrom(state.states.find(chain, blocks));
        }
        head.restartAt(blocks * blockTokens());
        head.registeredBlocks = blocks;
    }

    /** The last prompt token is always computed, and what depends on its form is not another's. */
    private int most(Sequence head) {
        return Math.min(head.length() - 1, state.limits.sharable(head));
    }

    int blockTokens() {
        return state.pools.get(0).spec().blockTokens();
    }

    /** Why {@link #take} found nothing. To be asked before the prompt is remembered. */
    PrefixOutcome reasonOfMiss(Sequence head) {
        TokenChain chain = head.chain;
        CheckpointIndex states = state.states;
        if (chain == null) {
            return PrefixOutcome.MISS;
        }
        boolean known = false;
        boolean evicted = false;
        for (int end = most(head) / grain * grain; end > 0; end -= grain) {
            int blocks = end / blockTokens();
            if (states != null && states.find(chain, blocks) != CheckpointPool.NONE) {
                return PrefixOutcome.NO_BLOCKS;
            }
            evicted |= state.history.wasEvicted(chain, blocks);
            known |= state.history.knows(chain, blocks);
        }
        if (evicted) {
            return PrefixOutcome.EVICTED;
        }
        return known ? PrefixOutcome.NO_CHECKPOINT : PrefixOutcome.MISS;
    }
}

package dev.foretoken.scheduler;

import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.scheduler.blocks.CheckpointPool;
import dev.foretoken.scheduler.prefix.CheckpointIndex;

/**
 * Lets the choices of one request share their prompt. The leader computes it while its siblings are parked; then each becomes a co-owner of
 * the leader's blocks up to the last position that must be computed again for its own draw, and copies the block it writes first. Where the
 * model has states, that position is the last one at which a checkpoint can stand, and each sibling starts from that checkpoint.
 */
final class PromptSharing {

    private final SchedulerState state;
    private final CheckpointPolicy policy;
    private final boolean states;

    PromptSharing(SchedulerState state, CheckpointPolicy policy) {
        this.state = state;
        this.policy = policy;
        this.states = state.pools.hasState();
    }

    /** Puts a new request's sequences into the queue, or parks those that shall not compute the prompt themselves. */
    void enter(SequenceGroup group) {
        boolean worth = !states || policy.promptEnd(group.sequence(0)) > 0;
        boolean shared = state.prefixesSharable() && group.choices() > 1 && worth;
        for (int choice = 0; choice < group.choices(); choice++) {
            Sequence sequence = group.sequence(choice);
            state.waiting.enter(sequence);
            if (shared && choice > 0) {
                sequence.state = Sequence.State.PARKED;
                state.parked++;
            } else {
                state.waiting.add(sequence);
            }
        }
        group.lead(shared ? group.sequence(0) : null);
    }

    /** {@code sequence} has come to where a checkpoint was made: its siblings may need it. */
    void promptKept(Sequence sequence, int checkpoint) {
        boolean wanted = checkpoint != CheckpointPool.NONE
                && sequence.group.leader() == sequence
                && sequence.group.checkpoint() == CheckpointPool.NONE
                && sequence.computed == policy.promptEnd(sequence);
        if (wanted) {
            state.pools.checkpoints().retain(checkpoint);
            sequence.group.checkpoint(checkpoint);
        }
    }

    /** The prompt's K and V are in {@code sequence}'s blocks: its parked siblings may go on from there. */
    void promptComputed(Sequence sequence) {
        SequenceGroup group = sequence.group;
        if (group.leader() != sequence) {
            return;
        }
        group.lead(null);
        int next = sharedEnd(sequence);
        int checkpoint = checkpoint(sequence, next);
        boolean shared = sequence.caches.reachBackTo(next) && (!states || checkpoint != CheckpointPool.NONE);
        for (int choice = 0; choice < group.choices(); choice++) {
            Sequence sibling = group.sequence(choice);
            if (sibling.state == Sequence.State.PARKED) {
                if (shared) {
                    share(sequence, sibling, next, checkpoint);
                }
                unpark(sibling);
            }
        }
        forgetPrompt(group);
    }

    private int sharedEnd(Sequence sequence) {
        int last = sequence.promptTokens() - 1;
        return states ? policy.promptEnd(sequence) : last - last % state.limits.alignment();
    }

    private int checkpoint(Sequence sequence, int end) {
        CheckpointIndex index = state.states;
        TokenChain chain = sequence.chain;
        int own = sequence.group.checkpoint();
        boolean found = own == CheckpointPool.NONE && index != null && chain != null;
        return found ? index.find(chain, end / state.pools.get(0).spec().blockTokens()) : own;
    }

    private void share(Sequence sequence, Sequence sibling, int next, int checkpoint) {
        sibling.caches.share(sequence.caches, next);
        if (states) {
            sibling.caches.restoreFrom(checkpoint);
        }
        sibling.restartAt(next);
        sibling.registeredBlocks = next / state.pools.get(0).spec().blockTokens();
    }

    /** Nobody will go on from the group's checkpoint any more. */
    void forgetPrompt(SequenceGroup group) {
        if (group.checkpoint() != CheckpointPool.NONE) {
            state.pools.checkpoints().release(group.checkpoint());
            group.checkpoint(CheckpointPool.NONE);
        }
    }

    /** A leader has ended before its prompt was computed: the next sibling takes over. */
    void leaderEnded(Sequence sequence) {
        SequenceGroup group = sequence.group;
        if (group.leader() != sequence) {
            return;
        }
        group.lead(null);
        for (int choice = 0; choice < group.choices(); choice++) {
            Sequence sibling = group.sequence(choice);
            if (sibling.state == Sequence.State.PARKED) {
                group.lead(sibling);
                unpark(sibling);
                return;
            }
        }
    }

    private void unpark(Sequence sibling) {
        state.parked--;
        sibling.state = Sequence.State.WAITING;
        state.waiting.add(sibling);
    }
}

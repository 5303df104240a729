package dev.foretoken.scheduler;

/**
 * Lets the choices of one request share their prompt. The leader computes it while its siblings are parked; then each becomes a co-owner of
 * the leader's blocks up to the last position that must be computed again for its own draw, and copies the block it writes first.
 */
final class PromptSharing {

    private final SchedulerState state;

    PromptSharing(SchedulerState state) {
        this.state = state;
    }

    /** Puts a new request's sequences into the queue, or parks those that shall not compute the prompt themselves. */
    void enter(SequenceGroup group) {
        boolean shared = state.prefixesSharable() && group.choices() > 1;
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

    /** The prompt's K and V are in {@code sequence}'s blocks: its parked siblings may go on from there. */
    void promptComputed(Sequence sequence) {
        SequenceGroup group = sequence.group;
        if (group.leader() != sequence) {
            return;
        }
        group.lead(null);
        int last = sequence.promptTokens() - 1;
        int next = last - last % state.limits.alignment();
        for (int choice = 0; choice < group.choices(); choice++) {
            Sequence sibling = group.sequence(choice);
            if (sibling.state == Sequence.State.PARKED) {
                sibling.caches.share(sequence.caches, next);
                sibling.restartAt(next);
                sibling.registeredBlocks = next / state.pools.get(0).spec().blockTokens();
                unpark(sibling);
            }
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

package dev.foretoken.scheduler;

import dev.foretoken.contract.request.Priority;
import dev.foretoken.scheduler.prefix.PrefixIndex;
import dev.foretoken.scheduler.prefix.TokenChain;
import org.jspecify.annotations.Nullable;

/** Moves the head of the waiting queue into the running set when rows, tokens and memory allow. Nobody overtakes a head that does not fit. */
final class Admission {

    private final SchedulerState state;
    private final StepShape shape;
    private final MemoryGuard memory;
    private final boolean prefixCacheOn;

    Admission(SchedulerState state, StepShape shape, MemoryGuard memory, boolean prefixCacheOn) {
        this.state = state;
        this.shape = shape;
        this.memory = memory;
        this.prefixCacheOn = prefixCacheOn;
    }

    /** Whether somebody waits who is more urgent than {@code priority}. */
    boolean isUrgentBefore(Priority priority) {
        Sequence head = state.waiting.head();
        return head != null && head.priority().compareTo(priority) < 0;
    }

    /** Admits the head with at most {@code room} tokens, or returns null. */
    @Nullable
    Sequence admit(int room) {
        Sequence head = state.waiting.head();
        if (head == null) {
            return null;
        }
        PrefixOutcome outcome = takeKnownPrefix(head);
        boolean admitted = state.limits.span(head, fairShare(room)) > 0 && hasRow(head) && findMemory(head);
        int count = state.limits.span(head, fairShare(room));
        if (!admitted || count == 0 || !shape.admits(head, count)) {
            if (outcome == PrefixOutcome.HIT) {
                head.giveUpCaches();
            }
            return null;
        }
        enter(head, outcome);
        if (memory.cover(head, count)) {
            shape.add(head, count);
        }
        return head;
    }

    private int fairShare(int room) {
        return state.waiting.size() > 1 ? Math.min(room, Math.max(state.limits.leastSpan(), room / 2)) : room;
    }

    private boolean hasRow(Sequence head) {
        return state.running.size() < state.limits.sequences() || memory.preemptLowerClass(head);
    }

    private boolean findMemory(Sequence head) {
        while (!memory.fits(head)) {
            boolean alone = state.running.size() == 0 && state.lingering == 0;
            if (!(alone ? memory.dropOneShare() : memory.preemptLowerClass(head))) {
                return false;
            }
        }
        return true;
    }

    private void enter(Sequence head, PrefixOutcome outcome) {
        state.waiting.remove(head);
        head.state = Sequence.State.RUNNING;
        state.running.add(head);
        if (!head.times.started()) {
            if (head.group.leader() == head || head.choice == 0) {
                head.group.cachedTokens(head.scheduled);
            }
            boolean lookedUp = outcome == PrefixOutcome.HIT || outcome == PrefixOutcome.MISS;
            state.observer.prefixLookedUp(outcome, lookedUp ? head.promptTokens() : 0, lookedUp ? head.scheduled : 0);
        }
    }

    /** Blocks that a sibling shared are kept as they are; otherwise the prefix cache is asked. */
    private PrefixOutcome takeKnownPrefix(Sequence head) {
        PrefixIndex prefixes = state.prefixes;
        TokenChain chain = head.chain;
        if (!prefixCacheOn) {
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
        int blockTokens = state.pools.get(0).spec().blockTokens();
        int most = head.length() - 1;
        if (most < blockTokens) {
            return PrefixOutcome.TOO_SHORT;
        }
        int blocks = prefixes.find(chain, most);
        if (blocks == 0) {
            return PrefixOutcome.MISS;
        }
        prefixes.adopt(chain, blocks, head.caches);
        head.restartAt(blocks * blockTokens);
        head.registeredBlocks = blocks;
        return PrefixOutcome.HIT;
    }
}

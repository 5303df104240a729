package dev.foretoken.gateway.rollout;

import dev.foretoken.routing.variant.VariantDecision;
import java.util.ArrayDeque;
import java.util.List;

/** The newest decisions: so many and no more. Any thread. */
final class DecisionRing {

    private final int capacity;
    private final ArrayDeque<VariantDecision> decisions = new ArrayDeque<>();

    DecisionRing(int capacity) {
        this.capacity = capacity;
    }

    synchronized void add(VariantDecision decision) {
        if (decisions.size() == capacity) {
            decisions.removeFirst();
        }
        decisions.addLast(decision);
    }

    synchronized List<VariantDecision> newest(int most) {
        return decisions.reversed().stream().limit(most).toList();
    }
}

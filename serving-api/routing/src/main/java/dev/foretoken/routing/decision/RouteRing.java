package dev.foretoken.routing.decision;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The newest decisions: so many and no more. Any thread. */
public final class RouteRing {

    private final int capacity;
    private final ArrayDeque<RouteDecision> decisions = new ArrayDeque<>();
    private final Map<String, RouteDecision> byId = new HashMap<>();

    /** @param capacity at least 1 */
    public RouteRing(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity is " + capacity + ", must be at least 1");
        }
        this.capacity = capacity;
    }

    public int capacity() {
        return capacity;
    }

    public synchronized void add(RouteDecision decision) {
        if (decisions.size() == capacity) {
            byId.remove(decisions.removeFirst().id());
        }
        decisions.addLast(decision);
        byId.put(decision.id(), decision);
    }

    /** Empty where it was never made, or is forgotten. */
    public synchronized Optional<RouteDecision> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** Up to {@code most}, newest first. */
    public synchronized List<RouteDecision> newest(int most) {
        List<RouteDecision> newest = new ArrayList<>(Math.min(most, decisions.size()));
        for (Iterator<RouteDecision> all = decisions.descendingIterator(); all.hasNext() && newest.size() < most; ) {
            newest.add(all.next());
        }
        return newest;
    }
}

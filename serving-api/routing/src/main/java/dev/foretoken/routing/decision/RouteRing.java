package dev.foretoken.routing.decision;

import dev.foretoken.contract.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The newest decisions: so many and no more. Those about requests that were turned away before a choice have a part of the places to
 * themselves, so that a flood of them does not push out what is known of those that were sent. Any thread.
 */
public final class RouteRing {

    /** One in so many places is for what was turned away. */
    private static final int TURNED_AWAY = 4;

    private final Lane choices;
    private final Lane turnedAway;
    private final Map<String, Entry> byId = new HashMap<>();
    private long last;
    private long lastChange;

    private static final class Entry {
        private final long number;
        private long changed;
        private RouteDecision decision;

        private Entry(long number, RouteDecision decision) {
            this.number = number;
            this.changed = number;
            this.decision = decision;
        }
    }

    /** What is asked for: those that came after {@code number}, and those before that changed after {@code revision}. */
    private record Question(long number, long revision, RouteFilter filter, int most) {

        private boolean isFor(Entry entry) {
            return entry.number > number
                    ? filter.matches(entry.decision)
                    : entry.changed > revision && filter.matchesButForOutcome(entry.decision);
        }
    }

    private static final class Lane {
        private final int capacity;
        private final ArrayDeque<Entry> entries = new ArrayDeque<>();
        private long lastForgotten;

        private Lane(int capacity) {
            this.capacity = capacity;
        }
    }

    /** @param capacity at least 1; what is turned away has a quarter of it besides */
    public RouteRing(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity is " + capacity + ", must be at least 1");
        }
        this.choices = new Lane(capacity);
        this.turnedAway = new Lane(Math.ceilDiv(capacity, TURNED_AWAY));
    }

    public synchronized void add(RouteDecision decision) {
        Lane lane = decision.candidates().isEmpty() ? turnedAway : choices;
        if (lane.entries.size() == lane.capacity) {
            Entry oldest = lane.entries.removeFirst();
            lane.lastForgotten = oldest.number;
            byId.remove(oldest.decision.id());
        }
        Entry entry = new Entry(++last, decision);
        lane.entries.addLast(entry);
        byId.put(decision.id(), entry);
    }

    /** The engine that was chosen did not take the request; nothing happens where the decision is forgotten. */
    public synchronized void refused(String id, ErrorCode why) {
        Entry entry = byId.get(id);
        if (entry != null) {
            entry.decision = entry.decision.refused(why);
            entry.changed = ++last;
            lastChange = last;
        }
    }

    /** Empty where it was never made, or is forgotten. */
    public synchronized Optional<RouteDecision> find(String id) {
        return Optional.ofNullable(byId.get(id)).map(entry -> entry.decision);
    }

    /** Up to {@code most} of those that match. */
    public RoutePage newest(RouteFilter filter, int most) {
        return since(new Question(0, Long.MAX_VALUE, filter, most));
    }

    /** The same of those after the decision {@code id}; of all where that is not known (any more). */
    public RoutePage after(String id, RouteFilter filter, int most) {
        return after(id, Long.MAX_VALUE, filter, most);
    }

    /**
     * The same, and of those before whose outcome has changed since: whatever it has become, for who asks for one outcome is to hear of those
     * that have another now.
     *
     * @param revision of the page with which the caller knew all until {@code id}
     */
    public synchronized RoutePage after(String id, long revision, RouteFilter filter, int most) {
        Entry entry = byId.get(id);
        return since(new Question(entry == null ? 0 : entry.number, revision, filter, most));
    }

    private synchronized RoutePage since(Question question) {
        List<Entry> found = new ArrayList<>();
        for (Lane lane : List.of(choices, turnedAway)) {
            collect(lane, question, found);
        }
        found.sort(Comparator.comparingLong((Entry entry) -> entry.number).reversed());
        boolean kept = question.number >= choices.lastForgotten && question.number >= turnedAway.lastForgotten;
        return new RoutePage(
                found.stream().limit(question.most).map(entry -> entry.decision).toList(),
                kept && found.size() <= question.most,
                last);
    }

    /** One more than wanted, to know whether there is one. */
    private void collect(Lane lane, Question question, List<Entry> into) {
        int room = into.size() + question.most + 1;
        for (Iterator<Entry> all = lane.entries.descendingIterator(); all.hasNext() && into.size() < room; ) {
            Entry entry = all.next();
            if (entry.number <= question.number && lastChange <= question.revision) {
                return;
            }
            if (question.isFor(entry)) {
                into.add(entry);
            }
        }
    }
}

package dev.foretoken.scheduler.tensor;

import dev.foretoken.contract.request.Priority;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait, in the order in which they should run: the most urgent class first, within it the tenants by turns that weigh what each
 * asks for against the tenant's weight (start-time fair queueing, Goyal et al. 1996), a tenant's own as they came. Of a stream only the
 * oldest is eligible. Loop thread only.
 */
final class CallQueue {

    /** Tenants without waiting requests that are remembered, so that coming back does not clear a debt. */
    private static final int REMEMBERED = 1024;

    /** Of a tag for one token of a tenant of weight 1. */
    private static final long UNIT = 10_000;

    private static final Comparator<TensorCall> ORDER = Comparator.<TensorCall>comparingInt(
                    call -> call.priority.ordinal())
            .thenComparingLong(call -> call.startTag)
            .thenComparingLong(call -> call.number);

    private final TreeSet<TensorCall> eligible = new TreeSet<>(ORDER);
    private final Map<SessionKey, ArrayDeque<TensorCall>> streams = new HashMap<>();
    private final Map<Priority, Turns> turns = new EnumMap<>(Priority.class);
    private long numbers;

    /** Of one class. */
    private static final class Turns {
        final Map<String, Long> finishTags = new HashMap<>();
        long now;

        long enter(TensorCall call) {
            long start = Math.max(now, finishTags.getOrDefault(call.tenant, 0L));
            finishTags.put(call.tenant, start + Math.max(1, call.work.tokens() * UNIT / call.weight));
            if (finishTags.size() > REMEMBERED) {
                finishTags.values().removeIf(finish -> finish <= now);
            }
            return start;
        }
    }

    void add(TensorCall call) {
        call.number = ++numbers;
        call.startTag = turns.computeIfAbsent(call.priority, p -> new Turns()).enter(call);
        if (call.sessionKey == null) {
            eligible.add(call);
            return;
        }
        ArrayDeque<TensorCall> stream = streams.computeIfAbsent(call.sessionKey, key -> new ArrayDeque<>());
        stream.add(call);
        if (stream.size() == 1) {
            eligible.add(call);
        }
    }

    @Nullable
    TensorCall head() {
        return eligible.isEmpty() ? null : eligible.first();
    }

    /** Of the first one's class, in order, at most so many. */
    List<TensorCall> urgent(int most) {
        List<TensorCall> calls = new ArrayList<>();
        for (TensorCall call : eligible) {
            if (calls.size() == most || call.priority != eligible.first().priority) {
                break;
            }
            calls.add(call);
        }
        return calls;
    }

    /** Those eligible that are not to be run: their callers left, or their time is over. */
    List<TensorCall> dead(long now) {
        return eligible.stream()
                .filter(call -> !call.isWaiting() || call.isLate(now))
                .toList();
    }

    /** This one is the first of those that run now: newcomers get their turn after it. */
    void turn(TensorCall first) {
        Turns ofClass = turns.computeIfAbsent(first.priority, p -> new Turns());
        ofClass.now = Math.max(ofClass.now, first.startTag);
    }

    /** It does not wait any more; the next of its stream is eligible. */
    void remove(TensorCall call) {
        eligible.remove(call);
        if (call.sessionKey != null) {
            ArrayDeque<TensorCall> stream = streams.getOrDefault(call.sessionKey, new ArrayDeque<>());
            stream.remove(call);
            if (stream.isEmpty()) {
                streams.remove(call.sessionKey);
            } else {
                eligible.add(stream.peek());
            }
        }
    }

    /** Takes out those behind the first of a stream that came before a time. */
    List<TensorCall> removeFollowers(TensorCall first, long before) {
        ArrayDeque<TensorCall> stream = streams.get(first.sessionKey);
        if (stream == null) {
            return List.of();
        }
        List<TensorCall> followers = stream.stream()
                .filter(call -> call != first && call.submittedAt - before < 0)
                .toList();
        stream.removeAll(followers);
        return followers;
    }

    boolean hasStream(SessionKey key) {
        return streams.containsKey(key);
    }

    /** Takes out all. */
    List<TensorCall> clear() {
        List<TensorCall> all = new ArrayList<>(eligible);
        streams.values().forEach(stream -> stream.stream().skip(1).forEach(all::add));
        eligible.clear();
        streams.clear();
        return all;
    }
}

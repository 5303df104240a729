package dev.foretoken.routing.fleet;

import dev.foretoken.routing.policy.CandidateFeatures;
import dev.foretoken.routing.policy.RouteFeatures;
import dev.foretoken.routing.policy.Standing;
import dev.foretoken.routing.prefix.PromptPlaces;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The engines of one model as one gateway knows them. Of few engines a choice looks at all. Of many it looks at those that hold most of the
 * prompt, some that are drawn, and those with the least work ahead: so a choice takes as long with a thousand engines as with twenty. Only where
 * none of these can answer are all looked at. Any thread; times are of one monotonic clock, in nanoseconds.
 */
public final class FleetView {

    /** Silent and failing engines seem to have nothing to do: so many times as many as are wanted are passed over for one that can answer. */
    private static final int PATIENCE = 4;

    private final FleetConfig config;
    private final long staleNanos;
    private final Map<String, EndpointState> all = new HashMap<>();
    private final List<EndpointState> inOrder = new ArrayList<>();
    private final List<EndpointState> ready = new ArrayList<>();
    private final TreeSet<EndpointState> byWork = new TreeSet<>(
            Comparator.comparingDouble((EndpointState state) -> state.order).thenComparing(state -> state.name));
    private long turns;

    public FleetView(FleetConfig config) {
        this.config = config;
        this.staleNanos = config.staleAfter().toNanos();
    }

    /** An engine has said something; one that was not known has come. */
    public synchronized void report(String endpoint, EndpointReport report) {
        EndpointState state = all.get(endpoint);
        if (state == null) {
            state = new EndpointState(endpoint);
            all.put(endpoint, state);
            inOrder.add(state);
        }
        boolean wasReady = state.readyIndex >= 0;
        state.take(report);
        boolean isReady = report.standing() == Standing.READY;
        if (isReady && !wasReady) {
            state.readyIndex = ready.size();
            ready.add(state);
        } else if (wasReady && !isReady) {
            leaveReady(state);
        }
        reorder(state);
    }

    /** Engines that are not among {@code names} are gone. */
    public synchronized void keep(Collection<String> names) {
        Set<String> kept = new HashSet<>(names);
        for (EndpointState state : List.copyOf(inOrder)) {
            if (!kept.contains(state.name)) {
                byWork.remove(state);
                leaveReady(state);
                all.remove(state.name);
                inOrder.remove(state);
            }
        }
    }

    private void leaveReady(EndpointState state) {
        if (state.readyIndex >= 0) {
            EndpointState last = ready.removeLast();
            if (last != state) {
                ready.set(state.readyIndex, last);
                last.readyIndex = state.readyIndex;
            }
            state.readyIndex = -1;
        }
    }

    private void reorder(EndpointState state) {
        byWork.remove(state);
        state.order = state.emptyAt();
        if (state.readyIndex >= 0) {
            byWork.add(state);
        }
    }

    /** Engines that are known. */
    public synchronized int size() {
        return all.size();
    }

    /** What a policy is to choose from. {@code draw}: 64 random bits. The prompt is looked up without keeping others waiting. */
    public FleetLook look(FleetQuestion question, long now, long draw) {
        boolean few = size() <= config.lookAtAll();
        List<PromptPlaces.Held> holders = few ? List.of() : question.held().longest(config.holders(), draw);
        boolean all = !few && holders.size() < config.holders();
        List<EndpointState> states = select(question, holders, now, draw);
        int[] cached = new int[states.size()];
        for (int i = 0; i < cached.length; i++) {
            String name = states.get(i).name;
            int known = tokens(holders, name);
            int held = known > 0 || all ? known : question.held().heldTokens(name);
            cached[i] = Math.min(question.promptTokens(), held);
        }
        return look(states, cached, question, now, draw);
    }

    /** What {@code endpoint} holds where it is one of {@code holders}, else 0. */
    private static int tokens(List<PromptPlaces.Held> holders, String endpoint) {
        for (PromptPlaces.Held holder : holders) {
            if (holder.endpoint().equals(endpoint)) {
                return holder.tokens();
            }
        }
        return 0;
    }

    private synchronized FleetLook look(
            List<EndpointState> states, int[] cached, FleetQuestion question, long now, long draw) {
        List<String> names = new ArrayList<>(cached.length);
        List<CandidateFeatures> candidates = new ArrayList<>(cached.length);
        for (int i = 0; i < cached.length; i++) {
            names.add(states.get(i).name);
            candidates.add(states.get(i).features(question, cached[i], now, staleNanos));
        }
        return new FleetLook(names, new RouteFeatures(draw, question.promptTokens(), candidates));
    }

    private synchronized List<EndpointState> select(
            FleetQuestion question, List<PromptPlaces.Held> holders, long now, long draw) {
        if (all.size() <= config.lookAtAll()) {
            return List.copyOf(inOrder);
        }
        Set<EndpointState> some = new LinkedHashSet<>();
        for (PromptPlaces.Held holder : holders) {
            EndpointState state = all.get(holder.endpoint());
            if (state != null) {
                some.add(state);
            }
        }
        for (int i = 1; i <= config.drawn() && !ready.isEmpty(); i++) {
            some.add(ready.get((int) Long.remainderUnsigned(mixed(draw + i), ready.size())));
        }
        addLeastLoaded(some, question, now);
        boolean able = some.stream().anyMatch(state -> state.standing(question) == Standing.READY);
        return able ? List.copyOf(some) : nearest(question, draw);
    }

    /** As many as are looked at of few, of those nearest to being able to answer, from a drawn one on. */
    private List<EndpointState> nearest(FleetQuestion question, long draw) {
        List<EndpointState> nearest = new ArrayList<>();
        Standing best = Standing.EXCLUDED;
        int start = (int) Long.remainderUnsigned(draw, inOrder.size());
        for (int i = 0; i < inOrder.size(); i++) {
            EndpointState state = inOrder.get((start + i) % inOrder.size());
            Standing standing = state.standing(question);
            if (standing.compareTo(best) < 0) {
                best = standing;
                nearest.clear();
            }
            if (standing == best && nearest.size() < config.lookAtAll()) {
                nearest.add(state);
            }
        }
        return nearest;
    }

    private void addLeastLoaded(Set<EndpointState> some, FleetQuestion question, long now) {
        int left = config.leastLoaded();
        int looks = PATIENCE * left;
        for (EndpointState state : byWork) {
            if (left == 0 || looks-- == 0) {
                return;
            }
            if (state.isFresh(now, staleNanos) && state.standing(question) == Standing.READY) {
                some.add(state);
                left--;
            }
        }
    }

    /** The step and finisher of SplitMix64 (Steele, Lea, Flood 2014). */
    private static long mixed(long value) {
        long mixed = value * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }

    /**
     * A request goes to {@code endpoint}.
     *
     * @param cachedTokens of {@code promptTokens} that it holds
     * @param choices sequences of the request
     */
    public synchronized SentRequest sent(String endpoint, int promptTokens, int cachedTokens, int choices, long now) {
        EndpointState state = all.get(endpoint);
        if (state == null) {
            return new SentRequest(() -> {});
        }
        state.sent(promptTokens, promptTokens - cachedTokens, choices, ++turns, now);
        reorder(state);
        return new SentRequest(() -> ended(state, choices));
    }

    private synchronized void ended(EndpointState state, int choices) {
        state.ended(choices);
    }
}

package dev.foretoken.gateway.remote;

import dev.foretoken.gateway.model.EngineEndpoint;
import dev.foretoken.gateway.model.EngineSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * One connection for each runtime pod that any {@link PodSource} names. A pod that appears is connected at once. One that leaves gets no new
 * request, its running ones go on, and its connection is closed by {@link #sweep} when it has had none for a while; one that comes back before
 * keeps it. Any thread may ask and tell.
 */
public final class PodDirectory implements EngineSet, AutoCloseable {

    /** More are not connected: each costs a connection and a report every 100 ms. */
    private static final int MOST_PODS = 4096;

    /** For a request that was routed to a pod just before it left. */
    static final Duration SETTLES = Duration.ofSeconds(5);

    private static final long LOOK_MILLIS = 20;

    private static final Logger LOG = Logger.getLogger(PodDirectory.class);

    private final Function<PodTarget, ? extends PodConnection> connector;
    private final Consumer<String> departures;
    private final LongSupplier nanoClock;
    private final int mostPods;
    private final Map<PodSource, Set<PodTarget>> named = new HashMap<>();
    private final Map<PodTarget, PodConnection> connected = new HashMap<>();
    private final Map<PodTarget, Leaving> leaving = new HashMap<>();
    private volatile List<EngineEndpoint> endpoints = List.of();
    private boolean closed;
    /** Whether what was told last is so: a connection may have failed to be made. */
    private boolean settled = true;

    /** @param quietSince on the clock: when it was last seen with a request under way */
    private record Leaving(PodConnection connection, long quietSince) {}

    /**
     * @param connector connects in the background
     * @param departures told the name of the endpoint of each pod that has left and finished
     * @param nanoClock monotonic
     */
    public PodDirectory(
            Function<PodTarget, ? extends PodConnection> connector,
            Consumer<String> departures,
            LongSupplier nanoClock) {
        this(connector, departures, nanoClock, MOST_PODS);
    }

    /** @param mostPods that are connected */
    PodDirectory(
            Function<PodTarget, ? extends PodConnection> connector,
            Consumer<String> departures,
            LongSupplier nanoClock,
            int mostPods) {
        this.connector = connector;
        this.departures = departures;
        this.nanoClock = nanoClock;
        this.mostPods = mostPods;
    }

    /** Follows a source from now on, and closes it in the end. */
    public void follow(PodSource source) {
        source.start(pods -> update(source, pods));
        synchronized (this) {
            named.putIfAbsent(source, Set.of());
        }
    }

    private synchronized void update(PodSource source, Set<PodTarget> pods) {
        boolean changed = !pods.equals(named.put(source, Set.copyOf(pods)));
        if (!closed && (changed || !settled)) {
            settled = false;
            reconcile();
            settled = true;
        }
    }

    /** A pod that cannot be connected keeps no other away, and is told of when the others are there. */
    private void reconcile() {
        Map<String, PodTarget> wanted = wanted();
        for (PodTarget known : List.copyOf(connected.keySet())) {
            if (!known.equals(wanted.get(known.address()))) {
                leave(known);
            }
        }
        List<RuntimeException> failures = new ArrayList<>();
        for (PodTarget pod : wanted.values()) {
            try {
                join(pod);
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        endpoints = connected.entrySet().stream()
                .map(pod -> new EngineEndpoint(pod.getKey().address(), pod.getValue()))
                .sorted(Comparator.comparing(EngineEndpoint::name))
                .toList();
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
    }

    /** By address: a pod that two sources name is one. */
    private Map<String, PodTarget> wanted() {
        Map<String, PodTarget> wanted = new TreeMap<>();
        named.values().stream()
                .flatMap(Set::stream)
                .sorted(Comparator.comparing(PodTarget::serviceName))
                .forEach(pod -> wanted.putIfAbsent(pod.address(), pod));
        if (wanted.size() > mostPods) {
            LOG.errorf("%d runtime pods are named, and only %d are connected", wanted.size(), mostPods);
            List.copyOf(wanted.keySet()).stream().skip(mostPods).forEach(wanted::remove);
        }
        return wanted;
    }

    private void join(PodTarget pod) {
        if (!connected.containsKey(pod)) {
            Leaving back = leaving.remove(pod);
            connected.put(pod, back == null ? connector.apply(pod) : back.connection());
            LOG.infof("runtime pod %s %s", pod.address(), back == null ? "has appeared" : "is back");
        }
    }

    private void leave(PodTarget pod) {
        PodConnection connection = connected.remove(pod);
        if (connection != null) {
            leaving.put(pod, new Leaving(connection, nanoClock.getAsLong()));
            LOG.infof("runtime pod %s has left with %d requests under way", pod.address(), connection.underWay());
        }
    }

    @Override
    public List<EngineEndpoint> now() {
        return endpoints;
    }

    /** Closes the connections to pods that have left and finished. To be called again and again. */
    public void sweep() {
        finished().forEach(PodConnection::close);
    }

    private synchronized List<PodConnection> finished() {
        long now = nanoClock.getAsLong();
        List<PodConnection> finished = new ArrayList<>();
        for (Map.Entry<PodTarget, Leaving> pod : List.copyOf(leaving.entrySet())) {
            Leaving state = pod.getValue();
            if (state.connection().underWay() > 0) {
                leaving.put(pod.getKey(), new Leaving(state.connection(), now));
            } else if (now - state.quietSince() >= SETTLES.toNanos()) {
                leaving.remove(pod.getKey());
                finished.add(state.connection());
                depart(pod.getKey().address());
            }
        }
        return finished;
    }

    /** A pod may have left by one of its two names alone. */
    private void depart(String address) {
        if (endpoints.stream().noneMatch(endpoint -> endpoint.name().equals(address))) {
            departures.accept(address);
        }
    }

    /** Waits until there is a pod and all that are known have said what they serve. Returns whether they have. */
    public boolean awaitReports(Duration patience) throws InterruptedException {
        long end = nanoClock.getAsLong() + patience.toNanos();
        while (!allHaveReported()) {
            if (nanoClock.getAsLong() - end >= 0) {
                return false;
            }
            Thread.sleep(LOOK_MILLIS);
        }
        return true;
    }

    private boolean allHaveReported() {
        List<EngineEndpoint> known = endpoints;
        return !known.isEmpty()
                && known.stream().noneMatch(pod -> pod.engine().models().isEmpty());
    }

    @Override
    public void close() {
        List<PodConnection> open = new ArrayList<>();
        List<PodSource> sources;
        synchronized (this) {
            closed = true;
            sources = List.copyOf(named.keySet());
            open.addAll(connected.values());
            leaving.values().forEach(pod -> open.add(pod.connection()));
            connected.clear();
            leaving.clear();
            endpoints = List.of();
        }
        sources.forEach(PodSource::close);
        open.forEach(PodConnection::close);
    }
}

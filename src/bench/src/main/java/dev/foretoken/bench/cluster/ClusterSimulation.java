package dev.foretoken.bench.cluster;

import dev.foretoken.contract.prefix.PrefixHasher;
import dev.foretoken.contract.prefix.PrefixScope;
import dev.foretoken.contract.prefix.PrefixShape;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.scheduler.prefix.PrefixContents;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Gateways, pods and requests over virtual time. Requests come to gateways in turn, each gateway sends them where its policy says, and pods
 * report to all gateways. Nothing that is drawn comes from elsewhere than the seed.
 */
final class ClusterSimulation implements AutoCloseable {

    static final String MODEL = "simulated";
    /** Keys need not be secret here. */
    private static final byte[] SECRET = new byte[32];

    private final ClusterConfig config;
    private final EventQueue events = new EventQueue();
    private final ClusterTally tally;
    private final ChatLoad load;
    private final List<SimulatedGateway> gateways = new ArrayList<>();
    private final List<Pod> pods = new ArrayList<>();
    private final String[] names;
    private final boolean[] computing;
    private final boolean[] changed;
    /** When a pod reports next; the queue may still hold reports that were put forward. */
    private final long[] nextReport;

    private final long[] lastReport;
    private final List<ArrayDeque<PodReport>> underWay = new ArrayList<>();
    private final long end;

    ClusterSimulation(ClusterConfig config) {
        this.config = config;
        this.end = nanos(config.load().seconds());
        this.tally = new ClusterTally(nanos(config.load().warmSeconds()), end);
        PrefixShape shape = PrefixContents.shape(config.pod().shape());
        this.load = new ChatLoad(config.load(), new PrefixHasher(SECRET), scope(shape));
        this.names = new String[config.pods()];
        this.computing = new boolean[config.pods()];
        this.changed = new boolean[config.pods()];
        this.nextReport = new long[config.pods()];
        this.lastReport = new long[config.pods()];
        for (int i = 0; i < config.gateways(); i++) {
            gateways.add(new SimulatedGateway(config, shape));
        }
        for (int pod = 0; pod < config.pods(); pod++) {
            pods.add(
                    config.scheduler()
                            ? new ScheduledPod(config.pod(), SECRET, tally)
                            : new ModelPod(config.pod(), tally));
            underWay.add(new ArrayDeque<>());
            names[pod] = "pod-" + pod;
        }
    }

    private static long nanos(double seconds) {
        return (long) (seconds * 1e9);
    }

    private static PrefixScope scope(PrefixShape shape) {
        return shape.scope(GenerationRequest.greedy("r", MODEL, Prompt.of(0), 1), MODEL, "");
    }

    /** Lets requests come for as long as the configuration says, and waits until all have ended. */
    ClusterOutcome run() {
        for (int pod = 0; pod < pods.size(); pod++) {
            report(pod, 0);
        }
        events.add(load.distance(), EventQueue.Kind.ARRIVAL, 0);
        while (!events.isEmpty()) {
            events.take();
            happen(events.kind(), events.subject(), events.time());
        }
        if (tally.closed() != load.sent()) {
            throw new IllegalStateException(tally.closed() + " of " + load.sent() + " requests have ended");
        }
        return tally.outcome(load.sent());
    }

    private void happen(EventQueue.Kind kind, int subject, long now) {
        switch (kind) {
            case ARRIVAL -> arrive(now);
            case STEP_END -> endStep(subject, now);
            case REPORT -> reportInTurn(subject, now);
            case DELIVERY -> deliver(subject, now);
        }
    }

    private void arrive(long now) {
        if (now >= end) {
            return;
        }
        SimulatedRequest request = load.next(now);
        int pod = gateways.get(request.number % gateways.size()).send(request, now, load.draw());
        if (pods.get(pod).submit(request, now)) {
            touch(pod, now);
            beginStep(pod, now);
        } else {
            tally.refused(request);
        }
        events.add(now + load.distance(), EventQueue.Kind.ARRIVAL, 0);
    }

    private void beginStep(int pod, long now) {
        if (computing[pod]) {
            return;
        }
        long nanos = pods.get(pod).begin(now);
        if (nanos != Pod.IDLE) {
            computing[pod] = true;
            events.add(now + nanos, EventQueue.Kind.STEP_END, pod);
        }
    }

    private void endStep(int pod, long now) {
        computing[pod] = false;
        pods.get(pod).end(now);
        touch(pod, now);
        beginStep(pod, now);
    }

    /** Something has changed at a pod: it reports as soon as it may. */
    private void touch(int pod, long now) {
        if (!changed[pod]) {
            changed[pod] = true;
            planReport(
                    pod,
                    Math.max(now, lastReport[pod] + config.reports().every().toNanos()));
        }
    }

    private void planReport(int pod, long at) {
        if (nextReport[pod] <= lastReport[pod] || at < nextReport[pod]) {
            nextReport[pod] = at;
            events.add(at, EventQueue.Kind.REPORT, pod);
        }
    }

    private void reportInTurn(int pod, long now) {
        if (now == nextReport[pod]) {
            report(pod, now);
        }
    }

    private void report(int pod, long now) {
        Pod told = pods.get(pod);
        lastReport[pod] = now;
        changed[pod] = false;
        underWay.get(pod).add(new PodReport(pod, told.load(now), told.changes()));
        if (now == 0) {
            deliver(pod, 0);
        } else {
            events.add(now + config.reports().delay().toNanos(), EventQueue.Kind.DELIVERY, pod);
        }
        if (now < end || tally.closed() < load.sent()) {
            planReport(pod, now + config.reports().heartbeat().toNanos());
        }
    }

    private void deliver(int pod, long now) {
        PodReport report = underWay.get(pod).remove();
        for (int i = 0; i < gateways.size(); i++) {
            gateways.get(i).hear(names[pod], report, now);
        }
        tally.heard(report, now);
    }

    @Override
    public void close() {
        pods.forEach(Pod::close);
    }
}

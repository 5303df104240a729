package dev.foretoken.bench.cluster;

import dev.foretoken.contract.prefix.PrefixHasher;
import dev.foretoken.contract.prefix.PrefixScope;
import dev.foretoken.contract.prefix.PrefixShape;
import dev.foretoken.contract.request.GenerationRequest;
import dev.foretoken.contract.request.Prompt;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.gateway.routing.CallLimits;
import dev.foretoken.scheduler.prefix.PrefixContents;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Gateways, pods and requests over virtual time. Requests come to gateways in turn, each gateway sends them where its policy says, and pods
 * report to all gateways. Nothing that is drawn comes from elsewhere than the seed.
 */
final class ClusterSimulation implements Pod.Progress, AutoCloseable {

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
    /** When the step of a pod ends that it computes; {@link Pod#IDLE} = none. */
    private final long[] stepEnd;

    private final boolean[] changed;
    /** When a pod reports next; the queue may still hold reports that were put forward. */
    private final long[] nextReport;

    private final long[] lastReport;
    private final List<ArrayDeque<PodReport>> underWay = new ArrayList<>();
    private final long end;
    private final Admission admission;
    private final PodFailures failures;

    ClusterSimulation(ClusterConfig config) {
        this.config = config;
        this.end = nanos(config.load().seconds());
        List<TenantShare> tenants = config.load().tenants();
        this.tally = new ClusterTally(nanos(config.load().warmSeconds()), end, tenants);
        this.admission = new Admission(tenants);
        this.failures =
                new PodFailures(config.failures(), config.pods(), config.load().seed());
        PrefixShape shape = PrefixContents.shape(config.pod().shape());
        this.load = new ChatLoad(config.load(), new PrefixHasher(SECRET), scopes(tenants, shape));
        this.names = new String[config.pods()];
        this.stepEnd = new long[config.pods()];
        Arrays.fill(stepEnd, Pod.IDLE);
        this.changed = new boolean[config.pods()];
        this.nextReport = new long[config.pods()];
        this.lastReport = new long[config.pods()];
        for (int i = 0; i < config.gateways(); i++) {
            gateways.add(new SimulatedGateway(config, shape));
        }
        for (int pod = 0; pod < config.pods(); pod++) {
            pods.add(pod());
            underWay.add(new ArrayDeque<>());
            names[pod] = "pod-" + pod;
        }
    }

    private Pod pod() {
        return config.scheduler()
                ? new ScheduledPod(config.pod(), SECRET, config.load().tenants(), this)
                : new ModelPod(config.pod(), this);
    }

    private static long nanos(double seconds) {
        return (long) (seconds * 1e9);
    }

    private static List<PrefixScope> scopes(List<TenantShare> tenants, PrefixShape shape) {
        GenerationRequest any = GenerationRequest.greedy("r", MODEL, Prompt.of(0), 1);
        return tenants.stream()
                .map(share -> new RequestIdentity("r", share.tenant().id(), ""))
                .map(identity -> shape.scope(any.withIdentity(identity), MODEL, ""))
                .toList();
    }

    /** Lets requests come for as long as the configuration says, and waits until all have ended. */
    ClusterOutcome run() {
        for (int pod = 0; pod < pods.size(); pod++) {
            report(pod, 0);
            if (failures.happen()) {
                events.add(failures.distance(), EventQueue.Kind.FAILURE, pod);
            }
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
            case FAILURE -> fail(subject, now);
            case RETURN -> comeBack(subject, now);
        }
    }

    private void arrive(long now) {
        if (now >= end) {
            return;
        }
        SimulatedRequest request = load.next(now);
        long draw = load.draw();
        tally.came(request);
        if (admission.admit(request, now)) {
            place(request, now, draw);
        } else {
            tally.limited(request);
        }
        events.add(now + load.distance(), EventQueue.Kind.ARRIVAL, 0);
    }

    /**
     * Sends it to one pod after the other, until one takes it or none is left: as often as gateways do, which ask another pod where one is full,
     * too. What the first one said is what its caller hears. Returns whether one took it.
     */
    private boolean place(SimulatedRequest coming, long now, long draw) {
        SimulatedRequest request = coming;
        SimulatedGateway gateway = gateway(request);
        boolean full = false;
        Set<String> avoided = new HashSet<>();
        while (request.asked < CallLimits.DEFAULT.attempts()) {
            int pod = gateway.send(request, avoided, now, request.asked == 0 ? draw : failures.draw());
            if (pod < 0) {
                break;
            }
            tally.chosen();
            if (failures.isDown(pod)) {
                gateway.lost(request, now);
                avoided.clear();
            } else if (submit(request, pod, now)) {
                return true;
            } else {
                avoided.addAll(gateway.refused(request, now));
                full |= request.asked == 1;
            }
            request = request.rest(names[pod]);
        }
        admission.leave(request, now);
        if (full) {
            tally.refused(request);
        } else {
            tally.lost(request);
        }
        return false;
    }

    private SimulatedGateway gateway(SimulatedRequest request) {
        return gateways.get(request.number % gateways.size());
    }

    private boolean submit(SimulatedRequest request, int pod, long now) {
        boolean taken = pods.get(pod).submit(request, now);
        if (taken) {
            touch(pod, now);
            beginStep(pod, now);
        }
        return taken;
    }

    @Override
    public void firstToken(SimulatedRequest request, long now) {
        tally.firstToken(request, now);
    }

    @Override
    public void ended(SimulatedRequest request, long now) {
        admission.leave(request, now);
        admission.spend(request);
        tally.ended(request, now);
    }

    /** All that it has is gone; what it was doing, others go on with. */
    private void fail(int pod, long now) {
        if (now >= end) {
            return;
        }
        List<SimulatedRequest> open = pods.get(pod).open();
        pods.get(pod).close();
        pods.set(pod, pod());
        stepEnd[pod] = Pod.IDLE;
        tell(PodReport.lost(pod), now);
        events.add(now + failures.fail(pod), EventQueue.Kind.RETURN, pod);
        for (SimulatedRequest request : open) {
            gateway(request).lost(request, now);
            if (place(request.rest(names[pod]), now, failures.draw())) {
                tally.moved();
            }
        }
    }

    private void comeBack(int pod, long now) {
        failures.comeBack(pod);
        report(pod, now);
        events.add(now + failures.distance(), EventQueue.Kind.FAILURE, pod);
    }

    private void beginStep(int pod, long now) {
        if (stepEnd[pod] != Pod.IDLE) {
            return;
        }
        long nanos = pods.get(pod).begin(now);
        if (nanos != Pod.IDLE) {
            stepEnd[pod] = now + nanos;
            events.add(now + nanos, EventQueue.Kind.STEP_END, pod);
        }
    }

    private void endStep(int pod, long now) {
        if (stepEnd[pod] != now) {
            return; // The pod failed meanwhile.
        }
        stepEnd[pod] = Pod.IDLE;
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
        if (now == nextReport[pod] && !failures.isDown(pod)) {
            report(pod, now);
        }
    }

    private void report(int pod, long now) {
        Pod told = pods.get(pod);
        lastReport[pod] = now;
        changed[pod] = false;
        tell(new PodReport(pod, Optional.of(told.load(now)), told.changes()), now);
        if (now < end || tally.closed() < load.sent()) {
            planReport(pod, now + config.reports().heartbeat().toNanos());
        }
    }

    private void tell(PodReport report, long now) {
        underWay.get(report.pod()).add(report);
        if (now == 0) {
            deliver(report.pod(), 0);
        } else {
            events.add(now + config.reports().delay().toNanos(), EventQueue.Kind.DELIVERY, report.pod());
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

package dev.foretoken.bench.cluster;

import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.scheduler.prefix.PrefixContents;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Pods compute what was sent to them, report what they do and hold, and fail. */
final class PodSide implements Side, Pod.Progress, AutoCloseable {

    private final EventQueue events = new EventQueue();
    private final Supplier<Pod> kind;
    private final List<Pod> pods = new ArrayList<>();
    private final PodFailures failures;
    private final ReportPlan reports;
    private final long end;
    /** When the step of a pod ends that it computes; {@link Pod#IDLE} = none. */
    private final long[] stepEnd;

    private final ArrayDeque<Sending> coming = new ArrayDeque<>();
    private List<PodNews> said = new ArrayList<>();
    /** Requests that pods have. */
    private int open;

    PodSide(ClusterConfig config) {
        this.kind = kind(config);
        this.failures =
                new PodFailures(config.failures(), config.pods(), config.load().seed());
        this.reports = new ReportPlan(config.reports(), config.pods(), events);
        this.end = config.load().end();
        this.stepEnd = new long[config.pods()];
        Arrays.fill(stepEnd, Pod.IDLE);
        for (int pod = 0; pod < config.pods(); pod++) {
            pods.add(kind.get());
            report(pod, 0);
            if (failures.happen()) {
                events.add(failures.distance(), EventQueue.Kind.FAILURE, pod);
            }
        }
    }

    private Supplier<Pod> kind(ClusterConfig config) {
        List<TenantShare> tenants = config.load().tenants();
        ModelShape shape = config.pod().shape();
        if (config.scheduler()) {
            return () -> new ScheduledPod(config.pod(), shape, tenants, this);
        }
        TenantChains chains = new TenantChains(tenants, PrefixContents.shape(shape));
        return () -> new ModelPod(config.pod(), chains, this);
    }

    /** Takes what gateways have sent, in the order of time. */
    void hear(List<Sending> sent) {
        coming.addAll(sent);
    }

    /** What pods have said since the last call, in the order of time. */
    List<PodNews> said() {
        List<PodNews> all = said;
        said = new ArrayList<>();
        return all;
    }

    private long comesAt() {
        Sending first = coming.peek();
        return first == null ? NEVER : first.at();
    }

    private long happensAt() {
        return events.isEmpty() ? NEVER : events.nextTime();
    }

    @Override
    public long next() {
        return Math.min(comesAt(), happensAt());
    }

    @Override
    public void runUntil(long until) {
        for (long now = next(); now < until; now = next()) {
            if (happensAt() == now) {
                events.take();
                happen(events.kind(), events.subject(), now);
            } else {
                take(coming.remove());
            }
        }
    }

    private void happen(EventQueue.Kind what, int pod, long now) {
        switch (what) {
            case STEP_END -> endStep(pod, now);
            case REPORT -> reportInTurn(pod, now);
            case FAILURE -> fail(pod, now);
            case RETURN -> comeBack(pod, now);
        }
    }

    private void take(Sending sending) {
        int pod = sending.pod();
        long now = sending.at();
        if (failures.isDown(pod)) {
            said.add(new PodNews.Returned(sending.request(), PodNews.Cause.DOWN, now));
        } else if (pods.get(pod).submit(sending.request(), now)) {
            open++;
            reports.touch(pod, now);
            beginStep(pod, now);
        } else {
            said.add(new PodNews.Returned(sending.request(), PodNews.Cause.FULL, now));
        }
    }

    @Override
    public void firstToken(SimulatedRequest request, int cachedTokens, long now) {
        said.add(new PodNews.Started(request, cachedTokens, now));
    }

    @Override
    public void ended(SimulatedRequest request, long now) {
        open--;
        said.add(new PodNews.Ended(request, now));
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
        reports.touch(pod, now);
        beginStep(pod, now);
    }

    /** All that it has is gone. */
    private void fail(int pod, long now) {
        if (now >= end) {
            return;
        }
        List<SimulatedRequest> lost = pods.get(pod).open();
        pods.get(pod).close();
        pods.set(pod, kind.get());
        stepEnd[pod] = Pod.IDLE;
        open -= lost.size();
        said.add(new PodNews.Reported(PodReport.lost(pod), now));
        for (SimulatedRequest request : lost) {
            said.add(new PodNews.Returned(request, PodNews.Cause.LOST, now));
        }
        events.add(now + failures.fail(pod), EventQueue.Kind.RETURN, pod);
    }

    private void comeBack(int pod, long now) {
        failures.comeBack(pod);
        report(pod, now);
        events.add(now + failures.distance(), EventQueue.Kind.FAILURE, pod);
    }

    private void reportInTurn(int pod, long now) {
        if (reports.isDue(pod, now) && !failures.isDown(pod)) {
            report(pod, now);
        }
    }

    private void report(int pod, long now) {
        Pod told = pods.get(pod);
        reports.told(pod, now);
        said.add(new PodNews.Reported(new PodReport(pod, Optional.of(told.load(now)), told.changes()), now));
        if (now < end || open > 0) {
            reports.planHeartbeat(pod, now);
        }
    }

    @Override
    public void close() {
        pods.forEach(Pod::close);
    }
}

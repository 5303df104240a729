package dev.foretoken.bench.cluster;

import java.util.function.DoubleConsumer;

/** Gateways, pods and requests over virtual time. Nothing that is drawn comes from elsewhere than the seed. */
final class ClusterSimulation implements AutoCloseable {

    private final ClusterTally tally;
    private final GatewaySide gateways;
    private final PodSide pods;
    private final Lockstep lockstep;
    private final long end;

    /** {@code threads}: 1 or 2; what comes out is the same. */
    ClusterSimulation(ClusterConfig config, int threads) {
        this.end = config.load().end();
        this.tally = new ClusterTally(config.load());
        this.gateways = new GatewaySide(config, tally);
        this.pods = new PodSide(config);
        gateways.begin(pods.said());
        this.lockstep = new Lockstep(gateways, pods, config.reports().delay().toNanos(), threads);
    }

    /**
     * Lets requests come for as long as the configuration says, and waits until all have ended.
     *
     * @param progress is told now and then which part of that time has passed
     */
    ClusterOutcome run(DoubleConsumer progress) {
        lockstep.run(nanos -> progress.accept(Math.min(1.0, (double) nanos / end)));
        if (tally.closed() != gateways.requests()) {
            throw new IllegalStateException(tally.closed() + " of " + gateways.requests() + " requests have ended");
        }
        return tally.outcome(gateways.requests());
    }

    @Override
    public void close() {
        pods.close();
    }
}

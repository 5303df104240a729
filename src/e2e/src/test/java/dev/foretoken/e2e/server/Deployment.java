package dev.foretoken.e2e.server;

import java.net.URI;
import java.util.Locale;
import java.util.Map;

/** A running service: the process that callers talk to, and the one that computes (the same in {@link Topology#ONE_PROCESS}). */
public final class Deployment implements AutoCloseable {

    private final Topology topology;
    private final ServeArguments arguments;
    private final RunningServer edge;
    private RunningServer engine;

    Deployment(Topology topology, ServeArguments arguments, RunningServer edge, RunningServer engine) {
        this.topology = topology;
        this.arguments = arguments;
        this.edge = edge;
        this.engine = engine;
    }

    public URI http() {
        return edge.http();
    }

    /** HOST:PORT of the public gRPC interface. */
    public String grpc() {
        return edge.grpc();
    }

    public ServerProcess edge() {
        return edge.process();
    }

    public ServerProcess engine() {
        return engine.process();
    }

    /** What the process that computes says about itself. */
    public Metrics engineMetrics() {
        return Metrics.scrape(engine.http());
    }

    /** What the process that callers talk to says about itself. */
    public Metrics edgeMetrics() {
        return Metrics.scrape(edge.http());
    }

    /** Waits until no request runs or waits, and no cache block is in use. */
    public void awaitIdle() {
        Eventually.get(
                "requests running + waiting + cache in use = 0",
                () -> engineMetrics().load(),
                load -> load.equals(Metrics.Load.IDLE));
    }

    /** Waits until {@code sequences} of them run at once. */
    public void awaitRunning(int sequences) {
        Eventually.get(
                sequences + " sequences run", () -> engineMetrics().load().running(), running -> running >= sequences);
    }

    /** Starts a process that computes where the killed one was. */
    public void restartEngine() {
        if (topology == Topology.ONE_PROCESS) {
            throw new IllegalStateException("edge and engine are one process here");
        }
        engine.process().close();
        engine = RunningServer.start(arguments.runtime(engine.podPort()), Map.of());
    }

    @Override
    public void close() {
        edge.process().close();
        engine.process().close();
    }

    @Override
    public String toString() {
        return topology.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}

package dev.foretoken.e2e.server;

import java.util.Map;

/** A runtime process behind a network that can fail. Whatever happens to the process, gateways know it by the same address. */
public final class FleetPod implements AutoCloseable {

    private final ServeArguments arguments;
    private final Map<String, String> environment;
    private final TcpProxy network;
    private RunningServer server;

    FleetPod(ServeArguments arguments, Map<String, String> environment) {
        this.arguments = arguments;
        this.environment = environment;
        this.server = RunningServer.start(arguments.runtime(0), environment);
        try {
            this.network = TcpProxy.to(server.podPort());
        } catch (RuntimeException e) {
            server.process().close();
            throw e;
        }
    }

    /** Where gateways reach it, HOST:PORT. */
    String address() {
        return network.address();
    }

    public TcpProxy network() {
        return network;
    }

    public ServerProcess process() {
        return server.process();
    }

    /** Requests that it computes now. */
    public int running() {
        return Metrics.scrape(server.http()).load().running();
    }

    /** Waits until no request runs or waits, and no cache block is in use. */
    public void awaitIdle() {
        Eventually.get(
                "requests running + waiting + cache in use = 0",
                () -> Metrics.scrape(server.http()).load(),
                Metrics.Load.IDLE::equals);
    }

    /** Starts a process where the killed one was; returns when it says that it is ready. */
    public void restart() {
        server.process().close();
        server = RunningServer.start(arguments.runtime(0), environment);
        network.target(server.podPort());
    }

    @Override
    public void close() {
        network.close();
        server.process().close();
    }
}

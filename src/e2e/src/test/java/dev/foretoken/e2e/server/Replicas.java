package dev.foretoken.e2e.server;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A gateway in front of several processes that compute the same model. */
public final class Replicas implements AutoCloseable {

    private final List<RunningServer> engines = new ArrayList<>();
    private final RunningServer gateway;

    private Replicas(ServeArguments arguments, int count) {
        try {
            for (int i = 0; i < count; i++) {
                engines.add(RunningServer.start(arguments.runtime(0), Map.of()));
            }
            List<String> pods = engines.stream().map(RunningServer::pod).toList();
            gateway = RunningServer.start(arguments.gateway(pods), Map.of());
        } catch (AssertionError e) {
            closeEngines();
            throw e;
        }
    }

    /** Starts the processes and waits until they are ready. */
    public static Replicas start(ServeArguments arguments, int count) {
        return new Replicas(arguments, count);
    }

    public URI http() {
        return gateway.http();
    }

    /** What the gateway says about itself. */
    public Metrics metrics() {
        return Metrics.scrape(gateway.http());
    }

    /** The process of those left that computes something now, if there is one. */
    public Optional<ServerProcess> busy() {
        return engines.stream()
                .filter(engine -> engine.process().isAlive())
                .filter(engine -> Metrics.scrape(engine.http()).load().running() > 0)
                .map(RunningServer::process)
                .findFirst();
    }

    private void closeEngines() {
        engines.forEach(engine -> engine.process().close());
    }

    @Override
    public void close() {
        gateway.process().close();
        closeEngines();
    }
}

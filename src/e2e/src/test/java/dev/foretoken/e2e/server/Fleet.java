package dev.foretoken.e2e.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Several gateways in front of several pods that compute the same. Each process can be killed and replaced while callers are there. */
public final class Fleet implements AutoCloseable {

    private final ServeArguments arguments;
    private final Map<String, String> environment;
    private final List<AutoCloseable> started = new ArrayList<>();
    private final List<FleetPod> pods;
    private final AtomicReferenceArray<RunningServer> gateways;

    private Fleet(ServeArguments arguments, Map<String, String> environment, int gateways, int pods) {
        this.arguments = arguments;
        this.environment = environment;
        try {
            this.pods = together(pods, i -> keep(new FleetPod(arguments, environment)));
            List<RunningServer> edges = together(gateways, i -> startGateway());
            this.gateways = new AtomicReferenceArray<>(edges.toArray(RunningServer[]::new));
        } catch (AssertionError e) {
            close();
            throw e;
        }
    }

    /**
     * Starts the processes and waits until they are ready.
     *
     * @param environment of all of them
     */
    public static Fleet start(ServeArguments arguments, Map<String, String> environment, int gateways, int pods) {
        return new Fleet(arguments, environment, gateways, pods);
    }

    private static <T> List<T> together(int count, IntFunction<T> start) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> starting = IntStream.range(0, count)
                    .mapToObj(i -> threads.submit(() -> start.apply(i)))
                    .toList();
            List<T> out = new ArrayList<>();
            for (Future<T> one : starting) {
                out.add(one.get());
            }
            return out;
        } catch (ExecutionException e) {
            throw new AssertionError("a process of the fleet did not start: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while the fleet started", e);
        }
    }

    private synchronized <T extends AutoCloseable> T keep(T resource) {
        started.add(resource);
        return resource;
    }

    private RunningServer startGateway() {
        List<String> addresses = pods.stream().map(FleetPod::address).toList();
        RunningServer gateway = RunningServer.start(arguments.gateway(addresses), environment);
        keep(gateway.process());
        return gateway;
    }

    public List<FleetPod> pods() {
        return pods;
    }

    /** The gateway that is at this place now. A replaced one has another address. */
    public RunningServer gateway(int place) {
        return gateways.get(place);
    }

    public int gateways() {
        return gateways.length();
    }

    /** Those that run now. */
    public List<ServerProcess> processes() {
        return Stream.concat(
                        IntStream.range(0, gateways()).mapToObj(i -> gateway(i).process()),
                        pods.stream().map(FleetPod::process))
                .toList();
    }

    /** Kills one (SIGKILL) and starts another in its place; returns when that one is ready. */
    public void replaceGateway(int place) {
        gateways.get(place).process().kill();
        gateways.set(place, startGateway());
    }

    /** A counter of all gateways that run now; 0 when none has counted yet. */
    public double sum(String metric) {
        return IntStream.range(0, gateways())
                .mapToDouble(i -> Metrics.scrape(gateway(i).http()).sum(metric, ""))
                .sum();
    }

    /** Stops whatever runs, also after a start that failed. */
    @Override
    public synchronized void close() {
        for (AutoCloseable resource : started.reversed()) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new IllegalStateException("could not be stopped: " + resource, e);
            }
        }
    }
}

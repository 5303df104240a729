package dev.foretoken.app.serve;

import dev.foretoken.app.config.AppConfig;
import dev.foretoken.app.config.PodPlace;
import dev.foretoken.app.config.TransportSettings;
import dev.foretoken.gateway.discovery.DnsPods;
import dev.foretoken.gateway.discovery.KubernetesApi;
import dev.foretoken.gateway.discovery.KubernetesPods;
import dev.foretoken.gateway.discovery.ListedPods;
import dev.foretoken.gateway.model.EngineSet;
import dev.foretoken.gateway.remote.EventLoops;
import dev.foretoken.gateway.remote.PodDirectory;
import dev.foretoken.gateway.remote.PodSource;
import dev.foretoken.gateway.remote.PodTarget;
import dev.foretoken.gateway.remote.PodTls;
import dev.foretoken.gateway.remote.RemoteConfig;
import dev.foretoken.gateway.remote.RemoteEngine;
import dev.foretoken.routing.prefix.PrefixDirectory;
import dev.foretoken.wire.tls.TlsMaterial;
import java.net.InetAddress;
import java.security.Security;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The runtime pods of a gateway: found where the configuration says, connected, and let go when they have left and finished. */
final class PodFleet implements AutoCloseable {

    /** A pod that starts with us gets a moment; one that is away is retried for ever in the background. */
    private static final Duration FIRST_WAIT = Duration.ofSeconds(5);

    private static final Duration LOOKUP_EVERY = Duration.ofSeconds(5);
    /** Shorter than {@link #LOOKUP_EVERY}: the JDK keeps answers for 30 s where nothing is said. */
    private static final String KEEP_ANSWERS_SECONDS = "3";

    private static final Duration ASK_AGAIN_AFTER = Duration.ofSeconds(1);
    private static final Duration SWEEP_EVERY = Duration.ofSeconds(1);

    private final PodDirectory directory;
    private final CountDownLatch closed = new CountDownLatch(1);

    private PodFleet(PodDirectory directory) {
        this.directory = directory;
    }

    /** To be said before the first name is looked up. */
    static void prepare(AppConfig config) {
        if (config.pods().stream().anyMatch(place -> place instanceof PodPlace.Dns)) {
            Security.setProperty("networkaddress.cache.ttl", KEEP_ANSWERS_SECONDS);
            Security.setProperty("networkaddress.cache.negative.ttl", KEEP_ANSWERS_SECONDS);
        }
    }

    /**
     * Waits a moment for the first reports.
     *
     * @param loops what connections are moved by
     * @param tls empty: connections are plaintext
     * @param prefixes told what pods hold in their caches
     * @param departures told which endpoints have left for good
     * @throws dev.foretoken.contract.ForetokenException CONFIG_INVALID for a place that cannot be asked at all
     */
    static PodFleet start(
            AppConfig config,
            EventLoops loops,
            Optional<TlsMaterial> tls,
            Optional<PrefixDirectory> prefixes,
            Consumer<String> departures) {
        PodFleet fleet = new PodFleet(new PodDirectory(
                pod -> {
                    RemoteEngine engine = RemoteEngine.connect(remote(config, tls, pod), loops);
                    prefixes.ifPresent(directory -> engine.followCaches(pod.address(), directory));
                    return engine;
                },
                departures,
                System::nanoTime));
        try {
            config.pods().forEach(place -> fleet.directory.follow(source(place)));
            Thread.ofVirtual().name("pod-sweep").start(fleet::sweep);
            fleet.directory.awaitReports(FIRST_WAIT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            fleet.close();
            throw e;
        }
        return fleet;
    }

    private static RemoteConfig remote(AppConfig config, Optional<TlsMaterial> tls, PodTarget pod) {
        TransportSettings transport = config.transport();
        return RemoteConfig.of(pod.host(), pod.port(), config.credential())
                .encrypted(tls.map(
                        material -> new PodTls(material, transport.podName().orElse(pod.serviceName()))));
    }

    private static PodSource source(PodPlace place) {
        return switch (place) {
            case PodPlace.Address(String host, int port) -> new ListedPods(Set.of(new PodTarget(host, port, host)));
            case PodPlace.Dns(String name, int port) ->
                new DnsPods(name, port, InetAddress::getAllByName, LOOKUP_EVERY);
            case PodPlace.Service(var service) ->
                new KubernetesPods(service, KubernetesApi.ofCluster(System.getenv()), ASK_AGAIN_AFTER);
        };
    }

    EngineSet engines() {
        return directory;
    }

    private void sweep() {
        try {
            while (!closed.await(SWEEP_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                directory.sweep();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends every request that is under way. */
    @Override
    public void close() {
        closed.countDown();
        directory.close();
    }
}

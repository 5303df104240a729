package dev.foretoken.gateway.discovery;

import dev.foretoken.gateway.remote.PodSource;
import dev.foretoken.gateway.remote.PodTarget;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * A pod at every address (A and AAAA records) of one name, looked up again and again. A name that has no address, or cannot be looked up,
 * leaves the pods as they were: the two cannot be told apart, and a pod that is gone answers to nobody anyway.
 */
public final class DnsPods implements PodSource {

    private static final Logger LOG = Logger.getLogger(DnsPods.class);

    private final String name;
    private final int port;
    private final Lookup lookup;
    private final Duration interval;
    private final CountDownLatch closed = new CountDownLatch(1);
    private boolean failed;

    /** Finds the addresses of a name. */
    @FunctionalInterface
    public interface Lookup {
        /** @throws UnknownHostException when none is found */
        InetAddress[] addresses(String name) throws UnknownHostException;
    }

    /** @param interval between two lookups; a resolver that keeps answers longer than this keeps pods longer */
    public DnsPods(String name, int port, Lookup lookup, Duration interval) {
        this.name = name;
        this.port = port;
        this.lookup = lookup;
        this.interval = interval;
    }

    @Override
    public void start(Consumer<Set<PodTarget>> listener) {
        Thread.ofVirtual().name("dns-pods").start(() -> follow(listener));
    }

    private void follow(Consumer<Set<PodTarget>> listener) {
        try {
            do {
                look(listener);
            } while (!closed.await(interval.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One lookup. */
    void look(Consumer<Set<PodTarget>> listener) {
        try {
            Set<PodTarget> pods = new HashSet<>();
            for (InetAddress address : lookup.addresses(name)) {
                pods.add(new PodTarget(address.getHostAddress(), port, name));
            }
            listener.accept(pods);
            failed = false;
        } catch (UnknownHostException e) {
            report("no address of runtime pods was found under %s; those known before stay: %s", e);
        } catch (RuntimeException e) {
            report("the addresses of runtime pods under %s could not be followed this time: %s", e);
        }
    }

    /** Once, until it goes well again. */
    private void report(String what, Exception e) {
        if (!failed) {
            LOG.warnf(what, name, e.getMessage());
        }
        failed = true;
    }

    @Override
    public void close() {
        closed.countDown();
    }
}

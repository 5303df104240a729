package dev.foretoken.app.mount;

import java.lang.System.Logger;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Asks the registry each second whether anything changed, and has {@link RegistryMounts} follow. */
public final class AliasWatch implements AutoCloseable {

    private static final Logger LOG = System.getLogger(AliasWatch.class.getName());
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    private final VariantCatalogue catalogue;
    private final RegistryMounts mounts;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);
    private long seen;
    private boolean settled;
    private boolean away;

    private AliasWatch(VariantCatalogue catalogue, RegistryMounts mounts) {
        this.catalogue = catalogue;
        this.mounts = mounts;
        this.thread = Thread.ofPlatform().name("alias-watch").daemon().unstarted(this::run);
    }

    /** Serves what is mounted, then follows. @throws dev.foretoken.contract.ForetokenException as {@link RegistryMounts#start} */
    public static AliasWatch start(VariantCatalogue catalogue, RegistryMounts mounts) {
        AliasWatch watch = new AliasWatch(catalogue, mounts);
        watch.seen = catalogue.revision();
        mounts.start();
        watch.thread.start();
        return watch;
    }

    private void run() {
        try {
            while (!closed.await(INTERVAL.toNanos(), TimeUnit.NANOSECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** While the registry cannot be read everything stays as it is. */
    private void look() {
        try {
            long revision = catalogue.revision();
            if (revision != seen || !settled) {
                settled = mounts.refresh();
                seen = revision;
            }
            away = false;
        } catch (RuntimeException e) {
            if (!away) {
                LOG.log(Logger.Level.WARNING, "The registry cannot be followed; what is served stays as it is", e);
            }
            away = true;
        }
    }

    /** Does not wait: a load that is under way ends with the engine. */
    @Override
    public void close() {
        closed.countDown();
    }
}

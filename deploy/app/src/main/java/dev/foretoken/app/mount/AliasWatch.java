package dev.foretoken.app.mount;

import java.lang.System.Logger;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Asks the registry each second whether anything changed, and has {@link RegistryMounts} follow; more and more seldom while it does not
 * answer.
 */
public final class AliasWatch implements AutoCloseable {

    private static final Logger LOG = System.getLogger(AliasWatch.class.getName());
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(15);

    private final VariantCatalogue catalogue;
    private final RegistryMounts mounts;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);
    private long seen;
    private boolean settled;
    private boolean away;
    private Duration pause = INTERVAL;
    private volatile boolean caughtUp;

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

    /** Follows from the beginning: there is nothing to serve before the registry answers, which may be later. */
    public static AliasWatch follow(VariantCatalogue catalogue, RegistryMounts mounts) {
        AliasWatch watch = idle(catalogue, mounts);
        watch.thread.start();
        return watch;
    }

    /** Looks when it is told to. */
    static AliasWatch idle(VariantCatalogue catalogue, RegistryMounts mounts) {
        AliasWatch watch = new AliasWatch(catalogue, mounts);
        watch.seen = -1;
        watch.pause = Duration.ZERO;
        return watch;
    }

    /** Whether everything that the registry names has been loaded, or has been found not to be loadable, once. */
    public boolean hasCaughtUp() {
        return caughtUp;
    }

    private void run() {
        try {
            while (!closed.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How long to wait before the next look. */
    Duration pause() {
        return pause;
    }

    /** While the registry cannot be read everything stays as it is. */
    void look() {
        try {
            long revision = catalogue.revision();
            if (revision != seen || !settled) {
                settled = mounts.refresh();
                seen = revision;
            }
            away = false;
            caughtUp = true;
            pause = INTERVAL;
        } catch (RuntimeException e) {
            if (!away) {
                LOG.log(Logger.Level.WARNING, "The registry cannot be followed; what is served stays as it is", e);
            }
            away = true;
            pause = later(pause);
        }
    }

    private static Duration later(Duration pause) {
        Duration twice = pause.isZero() ? INTERVAL : pause.multipliedBy(2);
        return twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
    }

    /** Does not wait: a load that is under way ends with the engine. */
    @Override
    public void close() {
        closed.countDown();
    }
}

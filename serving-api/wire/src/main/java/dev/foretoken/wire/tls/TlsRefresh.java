package dev.foretoken.wire.tls;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Looks at the files of materials again and again, on a thread of its own. */
public final class TlsRefresh implements AutoCloseable {

    private final List<TlsMaterial> materials;
    private final Duration interval;
    private final CountDownLatch closed = new CountDownLatch(1);

    private TlsRefresh(List<TlsMaterial> materials, Duration interval) {
        this.materials = List.copyOf(materials);
        this.interval = interval;
    }

    public static TlsRefresh start(List<TlsMaterial> materials, Duration interval) {
        TlsRefresh refresh = new TlsRefresh(materials, interval);
        Thread.ofVirtual().name("tls-refresh").start(refresh::run);
        return refresh;
    }

    private void run() {
        try {
            while (!closed.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
                materials.forEach(TlsMaterial::refresh);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}

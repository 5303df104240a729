package dev.foretoken.contract.fake;

import dev.foretoken.contract.runtime.AdapterWeights;
import java.util.concurrent.atomic.AtomicInteger;

/** An adapter of a {@link FakeRuntime}: a thousand bytes that must be given back once. */
public final class FakeAdapter implements AdapterWeights {

    public static final long BYTES = 1000;

    private final AtomicInteger open;

    FakeAdapter(AtomicInteger open) {
        this.open = open;
        open.incrementAndGet();
    }

    @Override
    public int rank() {
        return 4;
    }

    @Override
    public long bytes() {
        return BYTES;
    }

    @Override
    public void close() {
        open.decrementAndGet();
    }
}

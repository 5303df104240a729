package dev.foretoken.registry.oci;

import dev.foretoken.contract.runtime.LoadProgress;
import java.util.function.LongConsumer;

/** The progress of blobs that move at the same time, as one sum, told by one thread at a time. */
final class SummedProgress {

    private final LoadProgress told;
    private final String stage;
    private final long total;
    private long done;

    SummedProgress(LoadProgress told, String stage, long total) {
        this.told = told;
        this.stage = stage;
        this.total = total;
    }

    /** For one blob and one thread: told how many of its bytes have moved, which may be fewer than before. */
    LongConsumer blob() {
        long[] moved = {0};
        return position -> {
            add(position - moved[0]);
            moved[0] = position;
        };
    }

    private synchronized void add(long bytes) {
        done += bytes;
        told.update(stage, done, total);
    }
}

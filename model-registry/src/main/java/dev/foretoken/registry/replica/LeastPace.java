package dev.foretoken.registry.replica;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How slow a registry may be: one that is there, and says a byte now and then, would keep whoever loads from it waiting for ever.
 *
 * @param head longest time until the head of an answer is complete
 * @param bytes that come at least in each {@code window}, until the answer is at its end
 * @param window of the time that is spent on waiting for bytes; what the reader needs to write them down is not the registry's fault
 */
record LeastPace(Duration head, int bytes, Duration window) {

    /** A file of 10 GB takes 3 days at most: slower than any link that models are worth being copied over. */
    static final LeastPace DEFAULT = new LeastPace(Duration.ofSeconds(60), 1 << 20, Duration.ofSeconds(30));

    /** @param nanoClock monotonic, as {@link System#nanoTime} */
    InputStream required(InputStream in, LongSupplier nanoClock) {
        return new Paced(in, this, nanoClock);
    }

    /** For one thread. */
    private static final class Paced extends FilterInputStream {

        private final LeastPace pace;
        private final LongSupplier nanoClock;
        private long waited;
        private long come;

        Paced(InputStream in, LeastPace pace, LongSupplier nanoClock) {
            super(in);
            this.pace = pace;
            this.nanoClock = nanoClock;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            long from = nanoClock.getAsLong();
            int count = super.read(bytes, offset, length);
            if (count > 0) {
                count(count, nanoClock.getAsLong() - from);
            }
            return count;
        }

        private void count(int more, long nanos) throws IOException {
            come += more;
            waited += nanos;
            if (waited >= pace.window.toNanos()) {
                if (come < pace.bytes) {
                    throw new IOException("%d bytes came in %d s, at least %d are expected"
                            .formatted(come, pace.window.toSeconds(), pace.bytes));
                }
                waited = 0;
                come = 0;
            }
        }
    }
}

package dev.foretoken.gateway.discovery;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Closes a stream that is read for longer than it may be: a connection whose other side has vanished would be read for ever. */
final class StreamLimit {

    private final CountDownLatch done = new CountDownLatch(1);

    private StreamLimit() {}

    static StreamLimit start(InputStream stream, Duration longest) {
        StreamLimit limit = new StreamLimit();
        Thread.ofVirtual().name("stream-limit").start(() -> limit.guard(stream, longest));
        return limit;
    }

    private void guard(InputStream stream, Duration longest) {
        try {
            if (!done.await(longest.toMillis(), TimeUnit.MILLISECONDS)) {
                stream.close();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            // it is closed: that was all
        }
    }

    /** The stream was read to its end. */
    void lift() {
        done.countDown();
    }
}

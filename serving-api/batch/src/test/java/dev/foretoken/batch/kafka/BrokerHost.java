package dev.foretoken.batch.kafka;

import java.io.IOException;
import java.time.Duration;

/** Where a broker runs: it can be ended without a word, and goes on with what it had. One thread, but for {@link #kill}. */
interface BrokerHost {

    /** Begins to start it. */
    void start() throws Exception;

    /** Ends it as {@code kill -9} does, and returns once it is gone. */
    void kill();

    /** Whether it was started and has not ended, by itself or otherwise. */
    boolean isRunning();

    /** Whether its port answers. */
    boolean isListening();

    /** User and system time so far. */
    Duration cpu();

    /** The last lines that it wrote. */
    String log() throws IOException;

    /** Ends it, and leaves nothing of it running. */
    void close();
}

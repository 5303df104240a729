package dev.foretoken.gateway.remote;

import java.util.Set;
import java.util.function.Consumer;

/** Where the addresses of runtime pods come from. */
public interface PodSource extends AutoCloseable {

    /**
     * Begins to tell, and returns at once. A source that cannot be asked says nothing: pods stay until it is known that they have left.
     *
     * @param listener is given all pods of this source whenever they may have changed; one call at a time, on the source's thread
     */
    void start(Consumer<Set<PodTarget>> listener);

    /** It tells nothing more, but for a call that has begun. */
    @Override
    void close();
}

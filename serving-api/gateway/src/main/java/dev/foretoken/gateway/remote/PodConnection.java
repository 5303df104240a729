package dev.foretoken.gateway.remote;

import dev.foretoken.contract.engine.Engine;

/** The engine of one pod, over a connection of its own. */
public interface PodConnection extends Engine, AutoCloseable {

    /** Requests that have begun and not ended. */
    int underWay();

    /** Ends those that are under way. */
    @Override
    void close();
}

package dev.foretoken.scheduler;

import dev.foretoken.contract.engine.EngineEvent;

/** Where a request's events go. Called on the scheduler's thread; must neither block nor throw. */
@FunctionalInterface
public interface EventSink {
    void accept(EngineEvent event);
}

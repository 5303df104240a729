package dev.foretoken.gateway.model;

import dev.foretoken.contract.engine.Engine;

/** An engine elsewhere, of which is known what it said last. */
public interface ReportedEngine extends Engine {

    /** When it said it, on the clock of the gateway. */
    long reportedAt();
}

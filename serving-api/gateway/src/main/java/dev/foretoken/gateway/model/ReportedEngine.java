package dev.foretoken.gateway.model;

import dev.foretoken.contract.engine.Engine;
import java.util.Optional;

/** An engine elsewhere, of which is known what it said last. */
public interface ReportedEngine extends Engine {

    /** Whether it goes on saying so. */
    Contact contact();

    /** When it said it, on the clock of the gateway. */
    long reportedAt();

    /** Where HTTP callers reach the process it runs in, as {@code IP:PORT}; empty where they do not, or that is not known. */
    Optional<String> callersAddress();
}

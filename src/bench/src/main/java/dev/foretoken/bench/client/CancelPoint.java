package dev.foretoken.bench.client;

import java.time.Duration;

/** When a client leaves on purpose. */
public sealed interface CancelPoint {

    /** It stays to the end. */
    record Never() implements CancelPoint {}

    /** It leaves after this many counted tokens, at least 1. */
    record AfterTokens(int tokens) implements CancelPoint {}

    /** It leaves this long after sending, whatever has come by then. */
    record AfterDelay(Duration delay) implements CancelPoint {}
}

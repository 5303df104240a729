package dev.foretoken.scheduler.host;

import java.util.Set;

/** What is to be done next about which variants are in memory. */
sealed interface ResidencyStep {

    record Load(String name) implements ResidencyStep {}

    /** Takes no new requests; unloaded when its sequences have ended. */
    record Leave(String name) implements ResidencyStep {}

    /** It cannot be loaded beside {@code kept}, whatever else is unloaded. */
    record Refuse(String name, Set<String> kept) implements ResidencyStep {}

    /** Nothing, before something changes or this time on the clock. */
    record Wait(long until) implements ResidencyStep {}
}

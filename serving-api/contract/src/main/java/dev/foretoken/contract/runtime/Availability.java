package dev.foretoken.contract.runtime;

/** Whether something can be used here. A missing thing is a value with its reason, not a caught exception. */
public sealed interface Availability {
    record Present() implements Availability {}

    /** {@code reason}: what was found and what was expected, for the person who must act. */
    record Missing(String reason) implements Availability {}
}

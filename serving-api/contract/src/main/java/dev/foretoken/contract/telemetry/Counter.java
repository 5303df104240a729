package dev.foretoken.contract.telemetry;

/** A value that only grows. */
@FunctionalInterface
public interface Counter {
    void add(double amount);

    default void increment() {
        add(1);
    }
}

package dev.foretoken.contract.telemetry;

/** A distribution of observed values, in the unit of its metric's name. */
@FunctionalInterface
public interface Histogram {
    void observe(double value);
}

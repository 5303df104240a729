/**
 * Owns the one small interface through which every module counts. Does not know Prometheus or any exporter. Entry type:
 * {@link dev.foretoken.contract.telemetry.Telemetry}. Handles may be used from any thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.contract.telemetry;

/**
 * Owns what is counted and how Prometheus reads it: the one registry, the text page, the edge's own metrics.
 *
 * <p>Does not decide what the scheduler counts; that comes through {@link dev.foretoken.contract.telemetry.Telemetry}. Entry type:
 * {@link dev.foretoken.gateway.metrics.PrometheusTelemetry}. Any thread may call it.
 */
@NullMarked
package dev.foretoken.gateway.metrics;

import org.jspecify.annotations.NullMarked;

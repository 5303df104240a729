/**
 * Owns the spans of requests, in this process as gateway and as engine, and their export by OpenTelemetry's protocol. Does not know prompts,
 * answers or keys, and counts nothing: that is {@link dev.foretoken.gateway.metrics}. Entry type: {@link
 * dev.foretoken.gateway.tracing.Tracing}. Any thread may call it; each trace belongs to its request's reader.
 */
@NullMarked
package dev.foretoken.gateway.tracing;

import org.jspecify.annotations.NullMarked;

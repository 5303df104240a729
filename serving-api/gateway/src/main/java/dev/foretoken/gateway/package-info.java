/**
 * Owns the edge as a whole: its configuration and the one object that ties catalog, answers, authentication, admission and metrics together.
 *
 * <p>Does not speak a protocol; {@code http} and {@code grpc} do, on top of it. Entry type: {@link dev.foretoken.gateway.Gateway}, made once
 * by the application and used by any thread.
 */
@NullMarked
package dev.foretoken.gateway;

import org.jspecify.annotations.NullMarked;

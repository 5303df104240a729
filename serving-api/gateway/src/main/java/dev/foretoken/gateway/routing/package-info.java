/**
 * Owns the choice of an engine for a request, as a record that can be logged.
 *
 * <p>Does not submit requests and does not retry. Entry type: {@link dev.foretoken.gateway.routing.EngineRouter}. Any thread may call it.
 */
@NullMarked
package dev.foretoken.gateway.routing;

import org.jspecify.annotations.NullMarked;

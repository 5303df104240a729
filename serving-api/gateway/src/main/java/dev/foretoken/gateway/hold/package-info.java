/**
 * Owns requests for a model that no engine can answer yet: they wait here, so many and so long as is allowed, until one can.
 *
 * <p>Chooses no engine. Entry type: {@link dev.foretoken.gateway.hold.HeldRequests}.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.gateway.hold;

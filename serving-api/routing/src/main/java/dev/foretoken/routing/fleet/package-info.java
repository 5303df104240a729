/**
 * Owns what is known of the engines of one model: what they reported, what this gateway sent there, and which of them a choice looks at.
 *
 * <p>Does not choose, and does not ask engines. Entry type: {@link dev.foretoken.routing.fleet.FleetView}. Any thread may call it.
 */
@NullMarked
package dev.foretoken.routing.fleet;

import org.jspecify.annotations.NullMarked;

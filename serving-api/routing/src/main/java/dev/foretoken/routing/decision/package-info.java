/**
 * Owns the records of choices: what was seen, what was chosen, why the others were not; the newest of them, and what another policy would have
 * done.
 *
 * <p>Does not choose and does not write files. Entry type: {@link dev.foretoken.routing.decision.RouteDecision}. Any thread may call it.
 */
@NullMarked
package dev.foretoken.routing.decision;

import org.jspecify.annotations.NullMarked;

/**
 * Owns the choice between engines as a pure function of recorded numbers.
 *
 * <p>Does not collect those numbers. Entry type: {@link dev.foretoken.routing.policy.RoutePolicy}. Any thread may call it: nothing is kept.
 */
@NullMarked
package dev.foretoken.routing.policy;

import org.jspecify.annotations.NullMarked;

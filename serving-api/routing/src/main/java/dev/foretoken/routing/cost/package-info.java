/**
 * Owns how long an engine is expected to take until a prompt has its first token, from what the engine says that its work costs.
 *
 * <p>Does not measure and does not choose. Entry type: {@link dev.foretoken.routing.cost.FirstTokenEstimate}. Any thread may call it: it is
 * arithmetic.
 */
@NullMarked
package dev.foretoken.routing.cost;

import org.jspecify.annotations.NullMarked;

/**
 * Owns what is known of engines by how requests fared there: circuit breakers, and slow starts of engines that have just come (back).
 *
 * <p>Does not ask engines and does not choose. Entry type: {@link dev.foretoken.routing.health.HealthBook}. Any thread may call it; the time is
 * given.
 */
@NullMarked
package dev.foretoken.routing.health;

import org.jspecify.annotations.NullMarked;

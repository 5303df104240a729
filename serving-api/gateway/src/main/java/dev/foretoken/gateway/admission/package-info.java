/**
 * Owns how many requests of each tenant the edge works on at once, and the refusal of the rest.
 *
 * <p>Does not queue: what the edge lets in, the engine's queue orders. Entry type: {@link dev.foretoken.gateway.admission.Admission}. Any
 * thread may call it.
 */
@NullMarked
package dev.foretoken.gateway.admission;

import org.jspecify.annotations.NullMarked;

/**
 * Owns which variant answers a request whose name leads to several: cheaper ones under load, canaries, and what shadows were found to answer.
 *
 * <p>Does not know engines and does not submit anything. Entry types: {@link dev.foretoken.routing.variant.VariantPolicy} and
 * {@link dev.foretoken.routing.variant.ShadowBoard}. Any thread may call it; the time is given.
 */
@NullMarked
package dev.foretoken.routing.variant;

import org.jspecify.annotations.NullMarked;

/**
 * Owns which variant answers the requests of a served name, and mirrors requests to shadows.
 *
 * <p>Does not decide by itself, which {@code routing.variant} does, and does not answer. Entry type:
 * {@link dev.foretoken.gateway.rollout.Rollouts}, called by the thread of each request.
 */
@NullMarked
package dev.foretoken.gateway.rollout;

import org.jspecify.annotations.NullMarked;

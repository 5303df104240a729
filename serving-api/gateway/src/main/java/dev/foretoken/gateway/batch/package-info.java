/**
 * Owns how requests of batches are run: as callers' own, by the same admission, limits, rollouts and errors, but without a connection.
 *
 * <p>Does not know where batches come from (the module {@code batch} does) or what bodies mean ({@code call} does). Entry type: {@link
 * dev.foretoken.gateway.batch.GatewayExecutor}, called on one virtual thread for each request.
 */
@NullMarked
package dev.foretoken.gateway.batch;

import org.jspecify.annotations.NullMarked;

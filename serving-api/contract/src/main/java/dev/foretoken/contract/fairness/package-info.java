/**
 * Owns how tenants share what is bounded for all of them: places in queues and among requests under way.
 *
 * <p>Does not say who goes first, which is the scheduler's. Entry type: {@link dev.foretoken.contract.fairness.TenantPlaces}. Any thread may call
 * it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.contract.fairness;

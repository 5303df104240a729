/**
 * {@code bench costs}: what steps of a real model cost, for the pods of {@code bench cluster}.
 *
 * <p>Does not fit: that is the scheduler's own {@link dev.foretoken.scheduler.prefill.StepCosts}. Entry types:
 * {@link dev.foretoken.bench.costs.CostsCommand}, and {@link dev.foretoken.bench.costs.CostsReport} for who reads its files. Called on the main
 * thread; the thread of the engine's loop tells of steps.
 */
@NullMarked
package dev.foretoken.bench.costs;

import org.jspecify.annotations.NullMarked;

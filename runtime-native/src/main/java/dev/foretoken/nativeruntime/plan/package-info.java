/**
 * Owns what a model is, as data: an ordered list of sublayers that name their weights, and the check that such a plan means something.
 *
 * <p>Does not read files, hold weights or compute. Entry type: {@link dev.foretoken.nativeruntime.plan.ModelPlan}. Immutable; used from
 * any thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.plan;

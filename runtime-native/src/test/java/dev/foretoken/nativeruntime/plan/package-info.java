/**
 * Owns the tests of layer plans and rotary frequencies.
 *
 * <p>Does not compare whole checkpoints with golden numbers. Entry type: {@link dev.foretoken.nativeruntime.plan.PlanValidatorTest}. Called by
 * JUnit.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.plan;

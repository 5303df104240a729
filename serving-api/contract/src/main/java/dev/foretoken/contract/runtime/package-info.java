/**
 * Owns the seam between scheduler and runtimes: how a runtime is found and opened, what it can do, what one step is, what a step gives back.
 *
 * <p>Does not schedule and does not compute. Entry type: {@link dev.foretoken.contract.runtime.RuntimeProvider}. A runtime has one caller
 * thread; {@link dev.foretoken.contract.runtime.StepPlan} and {@link dev.foretoken.contract.runtime.StepResult} belong to that thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.contract.runtime;

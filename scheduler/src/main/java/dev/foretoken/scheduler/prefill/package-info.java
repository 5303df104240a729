/**
 * What steps cost, learnt from the engine's own, and whether a prompt is better computed or predicted.
 *
 * <p>Does not know sequences, queues or clocks: what waits and runs is told as numbers. Entry points: {@link
 * dev.foretoken.scheduler.prefill.StepCosts} and {@link dev.foretoken.scheduler.prefill.PrefillChooser}. Called by the scheduler's thread.
 */
@NullMarked
package dev.foretoken.scheduler.prefill;

import org.jspecify.annotations.NullMarked;

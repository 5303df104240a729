/**
 * What steps cost, learnt from the engine's own; whether a prompt is better computed or predicted; what a repair may take of a step, and the
 * auxiliary of the time between two tokens.
 *
 * <p>Does not know sequences, queues or clocks: what waits and runs is told as numbers. Entry points: {@link
 * dev.foretoken.scheduler.prefill.PrefillPolicy}, what a scheduler asks, and {@link dev.foretoken.scheduler.prefill.MeasuredPrefill}, what
 * answers by measured times. Called by the scheduler's thread.
 */
@NullMarked
package dev.foretoken.scheduler.prefill;

import org.jspecify.annotations.NullMarked;

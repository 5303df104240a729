/**
 * Proposes tokens that a sequence may go on with, and decides how many are worth verifying.
 *
 * <p>Owns the index of what a sequence said before, the marks of a draft part and the length of a sequence's next
 * draft. Does not plan rows, compare draws or know of steps.
 * Entry point: {@link dev.foretoken.scheduler.draft.DraftSource}. Every method is called from the scheduler's thread.
 */
@NullMarked
package dev.foretoken.scheduler.draft;

import org.jspecify.annotations.NullMarked;

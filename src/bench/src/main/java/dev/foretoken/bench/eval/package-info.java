/**
 * {@code foretoken eval}: asks a served model the questions of the demo model's evaluation set and scores held-out texts.
 *
 * <p>Does not make the set (that is {@code src/models/demo}) and does not measure speed. Entry type:
 * {@link dev.foretoken.bench.eval.Eval}, called on the main thread; requests are made by virtual threads.
 */
@NullMarked
package dev.foretoken.bench.eval;

import org.jspecify.annotations.NullMarked;

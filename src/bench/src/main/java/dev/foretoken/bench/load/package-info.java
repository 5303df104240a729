/**
 * {@code bench load}: how fast a model is loaded and how much memory that takes at most.
 *
 * <p>Does not compute with the model. Entry type: {@link dev.foretoken.bench.load.LoadCommand}, called on the main thread.
 */
@NullMarked
package dev.foretoken.bench.load;

import org.jspecify.annotations.NullMarked;

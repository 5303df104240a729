/**
 * Measures in which order the rows of a mixture of experts are computed fastest.
 *
 * <p>Does not open models: weights are made up. Entry type: {@link dev.foretoken.bench.experts.ExpertsCommand}. Called on the main thread.
 */
@NullMarked
package dev.foretoken.bench.experts;

import org.jspecify.annotations.NullMarked;

/**
 * The command line of the measuring tools.
 *
 * <p>Does not measure: each sub-package owns one tool. Entry type: {@link dev.foretoken.bench.Bench}, called on the main thread.
 */
@NullMarked
package dev.foretoken.bench;

import org.jspecify.annotations.NullMarked;

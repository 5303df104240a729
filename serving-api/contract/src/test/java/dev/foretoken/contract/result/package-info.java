/**
 * Owns raw results of tests: what one measured or simulated, written as {@code ./foretoken bench} writes its own, so that a figure on a page names
 * the file it comes from. Entry type: {@link dev.foretoken.contract.result.RawResult}. Any thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.contract.result;

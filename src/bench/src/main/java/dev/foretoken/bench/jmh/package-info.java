/**
 * {@code bench jmh}: micro-benchmarks of the paths that run once per token.
 *
 * <p>Does not assert anything: bars are tests elsewhere. Entry type: {@link dev.foretoken.bench.jmh.JmhCommand}. JMH forks a JVM
 * for each benchmark and calls it from there.
 */
@NullMarked
package dev.foretoken.bench.jmh;

import org.jspecify.annotations.NullMarked;

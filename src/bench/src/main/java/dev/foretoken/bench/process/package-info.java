/**
 * Owns what is known of processes that a benchmark starts or is: what they write, the processor time they took, the memory they hold; and
 * the folders that are gone with them.
 *
 * <p>Does not know what they compute. Entry types: {@link dev.foretoken.bench.process.ChildProcess}, {@link
 * dev.foretoken.bench.process.ResidentMemory} and {@link dev.foretoken.bench.process.WorkFolder}. Thread-safe.
 */
@NullMarked
package dev.foretoken.bench.process;

import org.jspecify.annotations.NullMarked;

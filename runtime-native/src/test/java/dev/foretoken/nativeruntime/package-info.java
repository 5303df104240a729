/**
 * Owns the proof that whole models compute what they should: conformance checkpoints, batch invariance, sliding windows, allocation.
 *
 * <p>Does not test single parts. Entry type: {@link dev.foretoken.nativeruntime.ConformanceTest}. Called by JUnit.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime;

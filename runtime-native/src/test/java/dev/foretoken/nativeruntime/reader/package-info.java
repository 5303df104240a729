/**
 * Owns the tests of the readers of config.json.
 *
 * <p>Does not compare whole checkpoints with golden numbers. Entry type: {@link dev.foretoken.nativeruntime.reader.PlanReaderTest}. Called by
 * JUnit.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.reader;

/**
 * Owns the tests of single properties of computed steps.
 *
 * <p>Does not compare whole checkpoints with golden numbers. Entry type: {@link dev.foretoken.nativeruntime.exec.NaiveModelTest}. Called by
 * JUnit.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.exec;

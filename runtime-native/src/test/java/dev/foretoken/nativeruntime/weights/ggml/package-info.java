/**
 * Tests of ggml's block encodings.
 *
 * <p>Does not test reading files. Entry type: none. JUnit calls it from its thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.nativeruntime.weights.ggml;

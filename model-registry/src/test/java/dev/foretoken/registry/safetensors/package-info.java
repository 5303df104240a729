/**
 * Owns the tests of reading safetensors headers and indexes, whole and damaged, and a writer of small files for tests.
 *
 * <p>Does not test the reading of weights. Entry type: {@link dev.foretoken.registry.safetensors.SampleTensors}. Called by JUnit.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.safetensors;

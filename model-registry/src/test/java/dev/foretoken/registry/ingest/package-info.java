/**
 * Owns the tests of imports: what is taken, what is refused on every way in, and a writer of small models for tests.
 *
 * <p>Does not test stores. Entry type: {@link dev.foretoken.registry.ingest.SampleModels}. Called by JUnit.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.ingest;

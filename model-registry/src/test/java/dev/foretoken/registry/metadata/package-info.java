/**
 * Tests of the metadata on a real SQLite and a real PostgreSQL, and rows for other packages' tests.
 *
 * <p>Does not test gates and leases. Entry type: {@link dev.foretoken.registry.metadata.SampleRows}. Tests call it from their thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.metadata;

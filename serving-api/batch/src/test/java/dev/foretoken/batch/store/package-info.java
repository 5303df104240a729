/**
 * Tests of files, jobs and journals of batches on a real SQLite and a real PostgreSQL, and the databases for other packages' tests.
 *
 * <p>Does not test what jobs do. Entry type: {@link dev.foretoken.batch.store.DatabaseKind}. Tests call it from their thread.
 */
@NullMarked
package dev.foretoken.batch.store;

import org.jspecify.annotations.NullMarked;

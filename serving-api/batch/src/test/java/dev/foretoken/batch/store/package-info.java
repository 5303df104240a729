/**
 * Tests of files, jobs and journals of batches on a real SQLite and a real PostgreSQL.
 *
 * <p>Does not test what jobs do. Entry type: {@code BatchStoreTest}. Tests call it from their thread.
 */
@NullMarked
package dev.foretoken.batch.store;

import org.jspecify.annotations.NullMarked;

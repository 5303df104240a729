/**
 * Owns what batches leave behind: files, jobs, and the lines that were answered. Rows lie in SQLite or PostgreSQL, bytes in a folder.
 *
 * <p>Decides nothing: what a file may hold, when a job ends and what its files say is judged above. Entry type: {@link
 * dev.foretoken.batch.store.BatchStore}. Any thread calls it; a change may wait for another writer. A {@link
 * dev.foretoken.batch.store.Journal} belongs to one thread.
 */
@NullMarked
package dev.foretoken.batch.store;

import org.jspecify.annotations.NullMarked;

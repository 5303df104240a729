/**
 * Owns what is known about models, versions, variants, aliases, measurements, gates and jobs, in SQLite or PostgreSQL: every change is one
 * transaction, and one writer at a time makes it.
 *
 * <p>Does not hold bytes of models and decides nothing: gates, leases and what may be removed are judged above. Entry type: {@link
 * dev.foretoken.registry.metadata.Metadata}. Any thread calls it; a call may wait for another writer.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.metadata;

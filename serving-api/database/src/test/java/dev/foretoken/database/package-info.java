/**
 * Tests of transactions and migrations on a real SQLite and a real PostgreSQL, and those databases for the tests of the modules above.
 *
 * <p>Does not test anybody's tables. Entry type: {@link dev.foretoken.database.DatabaseKind}. Tests call it from their thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.database;

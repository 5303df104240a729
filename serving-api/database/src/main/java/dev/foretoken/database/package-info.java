/**
 * Owns how a database is reached, whichever of SQLite and PostgreSQL it is: connections, transactions that are tried again, tables that are
 * brought up to date, and what a refusal means.
 *
 * <p>Knows no table: those who use it keep theirs, and their statements, to themselves. Entry type: {@link dev.foretoken.database.Database}.
 * Any thread calls it; a call may wait for another writer.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.database;

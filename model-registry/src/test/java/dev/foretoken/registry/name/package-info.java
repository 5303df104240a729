/**
 * Owns the tests of names and references.
 *
 * <p>Does not touch a database. The test thread calls everything.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.name;

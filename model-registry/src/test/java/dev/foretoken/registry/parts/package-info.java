/**
 * Owns the tests of lists of parts, whole and damaged.
 *
 * <p>Does not test what is read from parts. Entry type: {@link dev.foretoken.registry.parts.PartListTest}. Called by JUnit.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.parts;

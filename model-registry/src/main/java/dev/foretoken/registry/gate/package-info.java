/**
 * Owns gates: the limits that a variant's measured numbers must keep before an alias may point at it.
 *
 * <p>Does not measure and does not store: it compares two measurements with limits. Entry type: {@link dev.foretoken.registry.gate.Gate}. Any
 * thread calls it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.gate;

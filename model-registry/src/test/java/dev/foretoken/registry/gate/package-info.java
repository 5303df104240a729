/**
 * Tests of gates.
 *
 * <p>Does not test where gates are kept. Entry type: {@link dev.foretoken.registry.gate.GateTest}. The test thread calls everything.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.gate;

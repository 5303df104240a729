/**
 * Owns the tests of pulls, against hosts on this machine that behave and misbehave. Does not reach the real hub. Entry type: {@link
 * dev.foretoken.registry.pull.StubHub}; the test runner calls it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.pull;

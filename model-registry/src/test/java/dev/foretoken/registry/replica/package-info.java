/**
 * Owns the tests of what a registry that is reached over HTTP may do to those who ask it. Does not leave this machine; the test runner calls it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.replica;

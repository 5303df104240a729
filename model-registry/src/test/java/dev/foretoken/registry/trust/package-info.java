/**
 * Owns the tests of signatures: tampering first. Does not test how they are stored. Entry type: {@link
 * dev.foretoken.registry.trust.TrustCheckTest}; the test runner calls it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.trust;

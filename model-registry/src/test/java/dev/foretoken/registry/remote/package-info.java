/**
 * Owns the tests of what goes out over HTTP, and a host that misbehaves on order. Does not leave this machine. Entry type: {@link
 * dev.foretoken.registry.remote.StubHost}; the test runner calls it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.remote;

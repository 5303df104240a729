/**
 * Owns the tests of pulls into a registry and of their queue, against hosts on this machine. Does not test the protocols. Entry type: {@link
 * dev.foretoken.registry.transfer.PullQueueTest}; the test runner calls it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.transfer;

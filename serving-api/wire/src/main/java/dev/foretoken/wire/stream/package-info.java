/**
 * Owns the one way our gRPC servers write a response stream: waiting for a slow reader. Does not know what is written. Entry type: {@link
 * dev.foretoken.wire.stream.ReadyStream}. One thread writes a stream.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.wire.stream;
